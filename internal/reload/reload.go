package reload

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/certificate"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Options say what to watch and how long to wait. Times of zero are allowed:
// nothing is waited for then.
type Options struct {
	// CAs are the PEM files that the collector's exporters verify backends with.
	CAs []string
	// Values are the files that the collector puts into its configuration as
	// they are: one line each.
	Values []string
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
	// Replicas is the host name that leads to each collector, ready or not. A
	// collector without others stays in its Service: nothing else could take its
	// spans. Empty: there are others.
	Replicas string
	// Interval is the time between two looks at the files.
	Interval time.Duration
}

// Reloader watches one collector. Its handler is the readiness probe.
type Reloader struct {
	options Options
	log     *slog.Logger
	find    func(context.Context, string) (running, bool, error)
	resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)
	loaded  map[string]sum // what the collector has of each file
	refused contents       // those that it must not load, told once
	out     atomic.Bool

	held      time.Duration // what was waited for after a signal that could not be sent
	heldUntil time.Time
}

// sum is what a file holds, without it.
type sum [sha256.Size]byte

// contents are what the files hold, joined.
type contents sum

// files are those that are watched.
func (o *Options) files() []string { return append(slices.Clone(o.CAs), o.Values...) }

// what names the files.
func (o *Options) what() string {
	if len(o.Values) > 0 {
		return "its files"
	}
	return "the CA"
}

// read reads a file, which is small.
func read(name string) (text []byte, at time.Time, err error) {
	file, err := os.Stat(name)
	if err != nil {
		return nil, time.Time{}, err
	}
	text, err = bounded.File(name, bounded.Secret)
	return text, file.ModTime(), err
}

// New gives a Reloader that says what it does to log.
func New(options Options, log *slog.Logger) *Reloader {
	return &Reloader{options: options, log: log, find: findCollector, resolve: net.DefaultResolver.LookupNetIP, loaded: map[string]sum{}}
}

// ServeHTTP answers 200, and 503 while the pod is to get no spans.
func (r *Reloader) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if r.out.Load() {
		http.Error(w, "the collector is about to read its files again", http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// Run watches until ctx is done, and gives back nil then. What fails is logged
// and tried again: the collector works on with what it has.
func (r *Reloader) Run(ctx context.Context) {
	for wait(ctx, r.options.Interval) {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.log.Error(r.options.what()+" could not be read again", "files", r.options.files(), "error", err)
		}
	}
}

// look reloads the collector if a file is another than what it has loaded.
func (r *Reloader) look(ctx context.Context) error {
	changed, err := r.changed(ctx)
	if err != nil || len(changed) == 0 {
		return err
	}
	r.log.Info("a file has changed", "files", changed, "wait", r.options.Delay.String(), "drain", r.options.Drain.String())
	if !wait(ctx, r.options.Delay) {
		return nil
	}
	if r.alone(ctx) {
		return r.reload(ctx)
	}
	r.out.Store(true)
	defer r.out.Store(false)
	if !wait(ctx, r.options.Drain) {
		return nil
	}
	return r.reload(ctx)
}

// alone tells whether there is no other collector. The number of replicas is no flag: a change of it would restart the
// collectors that stay. Where no answer comes, proxies that lose this one for a second lose less than those that find
// none for as long as it drains.
func (r *Reloader) alone(ctx context.Context) bool {
	if r.options.Replicas == "" {
		return false
	}
	for _, network := range []string{"ip4", "ip6"} { // A pod may have an address of each.
		if found, err := r.resolve(ctx, network, r.options.Replicas); err == nil && len(found) > 1 {
			return false
		}
	}
	return true
}

// seen is what the files hold at a moment.
type seen struct {
	loading map[string]sum
	changed []string // hold something else than what the collector has loaded
	wrong   error    // why it must not load them
	all     contents
}

// inspect reads the files. The kubelet writes all files of a volume again when
// one of them changes, so that a newer file may hold the same.
func (r *Reloader) inspect(collector running) (seen, error) {
	now := seen{loading: map[string]sum{}}
	var problems []error
	all := sha256.New()
	for _, name := range r.options.files() {
		text, at, err := read(name)
		if err != nil {
			return seen{}, err
		}
		has := sum(sha256.Sum256(text))
		_, _ = all.Write(has[:])
		now.loading[name] = has
		if !at.After(collector.started) {
			r.loaded[name] = has
		}
		if r.loaded[name] != has {
			now.changed = append(now.changed, name)
			problems = append(problems, r.unloadable(name, text))
		}
	}
	now.all, now.wrong = contents(all.Sum(nil)), errors.Join(problems...)
	return now, nil
}

// toLoad gives what the files hold if one has changed and all can be loaded: on
// a file that is no CA the collector would end. Otherwise nothing has changed.
func (r *Reloader) toLoad(collector running) (seen, error) {
	now, err := r.inspect(collector)
	switch {
	case err != nil:
		return seen{}, err
	case len(now.changed) == 0 || now.all == r.refused:
		return seen{}, nil
	case now.wrong != nil:
		r.refused = now.all
		return seen{}, now.wrong
	}
	return now, nil
}

// changed gives the files that the collector is to load, if it can be told to.
func (r *Reloader) changed(ctx context.Context) ([]string, error) {
	collector, ok, err := r.find(ctx, r.options.Config)
	if err != nil || !ok {
		return nil, err
	}
	now, err := r.toLoad(collector)
	if err != nil || len(now.changed) == 0 || time.Now().Before(r.heldUntil) {
		return nil, err
	}
	if err := collector.may(ctx); err != nil {
		return nil, r.hold(err)
	}
	return now.changed, nil
}

// hold has the next signal wait, and longer each time: what forbids this one
// most often stays, and the pod must not leave its Service for nothing.
func (r *Reloader) hold(reason error) error {
	r.held = min(max(2*r.held, leastHeld), mostHeld)
	r.heldUntil = time.Now().Add(r.held)
	err := fmt.Errorf("signal the collector: %w; tried again in %s", reason, r.held)
	if errors.Is(reason, os.ErrPermission) {
		err = fmt.Errorf("%w: this container must run as the collector's user, so set podSecurityContext.runAsUser", err)
	}
	return err
}

const leastHeld, mostHeld = time.Minute, 10 * time.Minute

// unloadable says why the collector must not load a file.
func (r *Reloader) unloadable(name string, text []byte) error {
	if slices.Contains(r.options.Values, name) {
		if oddValue.Match(text) || oddYAML.Match(text) {
			return fmt.Errorf("%s is empty, or has a line break, a $ or another character that the collector would not take as it is: the value before it stays in use", name)
		}
		return nil
	}
	if len(text) == 0 {
		return fmt.Errorf("%s is empty: the CA before it stays in use", name)
	}
	for _, found := range certificate.Check("", string(text), time.Now()) {
		if found.Severity == problem.SeverityError {
			return fmt.Errorf("%s %s: the CA before it stays in use; %s", name, found.Reason, found.Fix)
		}
	}
	return nil
}

// What the collector would not take as it is: the chart asks the same of the
// Secrets that it sees (templates/_live.tpl, liveBackendSecrets).
var (
	oddValue = regexp.MustCompile(`[^\x20-\x7e]|\$|^$`)
	oddYAML  = regexp.MustCompile(`^\s*(\?\s*$|\{?\s*([-+.0-9][-+.:0-9A-Za-z_]*|~|(?i:null|true|false|yes|no|on|off))\s*:(\s|$))`)
)

// reload sends the signal and waits until the collector is healthy again.
func (r *Reloader) reload(ctx context.Context) error {
	collector, ok, err := r.find(ctx, r.options.Config)
	if err != nil || !ok {
		return err
	}
	load, err := r.toLoad(collector) // which may be something else than what was seen before the pod left its Service
	if err != nil || len(load.changed) == 0 {
		return err
	}
	now := time.Now()
	if err := collector.hangUp(ctx); err != nil {
		return r.hold(err)
	}
	r.loaded, r.held = load.loading, 0
	for wait(ctx, time.Second) {
		if r.healthy(ctx) {
			r.log.Info("the collector has read "+r.options.what()+" again", "seconds", time.Since(now).Seconds())
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

// running is a collector's process.
type running struct {
	started time.Time
	may     func(context.Context) error // says why hangUp would fail
	hangUp  func(context.Context) error
}

// findCollector gives the process that runs with --config=config, and false
// where there is none.
func findCollector(ctx context.Context, config string) (running, bool, error) {
	all, err := process.ProcessesWithContext(ctx)
	if err != nil {
		return running{}, false, fmt.Errorf("list processes: %w", err)
	}
	for _, p := range all {
		arguments, err := p.CmdlineSliceWithContext(ctx)
		if err != nil || int(p.Pid) == os.Getpid() || !slices.Contains(arguments, "--config="+config) {
			continue // a process that has ended meanwhile has no arguments
		}
		at, err := started(ctx, p)
		if err != nil {
			continue
		}
		return running{
			started: at,
			may:     func(ctx context.Context) error { return p.SendSignalWithContext(ctx, syscall.Signal(0)) },
			hangUp:  func(ctx context.Context) error { return p.SendSignalWithContext(ctx, syscall.SIGHUP) },
		}, true, nil
	}
	return running{}, false, nil
}
