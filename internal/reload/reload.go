package reload

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/certificate"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Options say what to watch and how long to wait. Times of zero are allowed:
// nothing is waited for then.
type Options struct {
	// File is the PEM file that the collector's exporter verifies the satellite
	// with.
	File string
	// Config is the collector's configuration file as it stands in its
	// --config flag: this tells its process from others.
	Config string
	// Health is the URL of the collector's health check. The pod is given back
	// to its Service when it answers 200.
	Health string
	// Delay is waited for before the pod is taken out of its Service, so that
	// replicas go one after another.
	Delay time.Duration
	// Drain is how long the pod stays out of its Service before the signal:
	// as long as proxies need to hear of it.
	Drain time.Duration
	// Interval is the time between two looks at the file.
	Interval time.Duration
}

// Reloader watches one collector. Its handler is the readiness probe.
type Reloader struct {
	options  Options
	log      *slog.Logger
	find     func(context.Context, string) (running, bool, error)
	reloaded time.Time // time of the file that the last signal was for
	refused  time.Time // time of the file that is no CA, told once
	out      atomic.Bool
}

// New gives a Reloader that says what it does to log.
func New(options Options, log *slog.Logger) *Reloader {
	return &Reloader{options: options, log: log, find: findCollector}
}

// ServeHTTP answers 200, and 503 while the pod is to get no spans.
func (r *Reloader) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if r.out.Load() {
		http.Error(w, "the collector is about to read its CA again", http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// Run watches until ctx is done, and gives back nil then. What fails is logged
// and tried again: the collector works on with what it has.
func (r *Reloader) Run(ctx context.Context) {
	for wait(ctx, r.options.Interval) {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("the CA could not be read again", "file", r.options.File, "error", err)
		}
	}
}

// look reloads the collector if the file is newer than what it has loaded.
func (r *Reloader) look(ctx context.Context) error {
	changed, err := r.changed(ctx)
	if err != nil || !changed {
		return err
	}
	r.log.Info("the CA has changed", "file", r.options.File, "wait", r.options.Delay.String(), "drain", r.options.Drain.String())
	if !wait(ctx, r.options.Delay) {
		return nil
	}
	r.out.Store(true)
	defer r.out.Store(false)
	if !wait(ctx, r.options.Drain) {
		return nil
	}
	return r.reload(ctx)
}

// changed says whether the collector runs with an older file than the one that
// is there now, and that this one can be loaded: on a file that is no CA the
// collector would end.
func (r *Reloader) changed(ctx context.Context) (bool, error) {
	collector, ok, err := r.find(ctx, r.options.Config)
	if err != nil || !ok {
		return false, err
	}
	file, err := os.Stat(r.options.File)
	if err != nil {
		return false, err
	}
	if at := file.ModTime(); !at.After(collector.started) || !at.After(r.reloaded) || at.Equal(r.refused) {
		return false, nil
	}
	return r.loadable(file.ModTime())
}

func (r *Reloader) loadable(at time.Time) (bool, error) {
	text, err := bounded.File(r.options.File, bounded.Secret)
	if err != nil {
		return false, err
	}
	if len(text) == 0 {
		r.refused = at
		return false, fmt.Errorf("%s is empty: the CA before it stays in use", r.options.File)
	}
	for _, found := range certificate.Check("", string(text), time.Now()) {
		if found.Severity == problem.SeverityError {
			r.refused = at
			return false, fmt.Errorf("%s %s: the CA before it stays in use; %s", r.options.File, found.Reason, found.Fix)
		}
	}
	return true, nil
}

// reload sends the signal and waits until the collector is healthy again.
func (r *Reloader) reload(ctx context.Context) error {
	collector, ok, err := r.find(ctx, r.options.Config)
	if err != nil || !ok {
		return err
	}
	file, err := os.Stat(r.options.File)
	if err != nil {
		return err
	}
	now := time.Now()
	if err := collector.hangUp(ctx); err != nil {
		return fmt.Errorf("signal the collector: %w", err)
	}
	r.reloaded = file.ModTime()
	for wait(ctx, time.Second) {
		if r.healthy(ctx) {
			r.log.Info("the collector has read the CA again", "seconds", time.Since(now).Seconds())
			return nil
		}
	}
	return nil
}

func (r *Reloader) healthy(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.options.Health, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// wait waits, and says whether ctx is still on.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
