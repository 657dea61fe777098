package reload

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain is the test, or with a --config flag a process that counts signals
// as a collector would obey them: a byte in the file for each.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "collector" {
		countSignals(filepath.Join(filepath.Dir(os.Args[2][len("--config="):]), "signals"))
		return
	}
	m.Run()
}

func countSignals(path string) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	for text := []byte{}; ; text = append(text, '.') {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return
		}
		<-signals
	}
}

// pod is a collector's pod: the process, its files and its Reloader.
type pod struct {
	*Reloader
	folder string
	log    *locked
}

// locked is a buffer that the Reloader writes while the test reads.
type locked struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *locked) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func newPod(t *testing.T, options Options) pod {
	t.Helper()
	folder := t.TempDir()
	health := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(health.Close)
	options.CAs = []string{filepath.Join(folder, "cacert.pem")}
	options.Config = filepath.Join(folder, "config.yaml")
	options.Health = health.URL
	p := pod{folder: folder, log: &locked{}}
	p.Reloader = New(options, slog.New(slog.NewTextHandler(p.log, nil)))
	p.write(t, authority(t), time.Now().Add(-time.Hour))

	executable, err := os.Executable()
	require.NoError(t, err)
	command := exec.Command(executable, "collector", "--config="+options.Config)
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(folder, "signals")); return err == nil },
		time.Minute, 10*time.Millisecond, "the process has not started")
	return p
}

// The kubelet mounts the CA moments before it starts the collector: a start that is told too early makes it a change,
// for which every new pod would leave its Service.
func TestACAFromJustBeforeTheStartIsNoChange(t *testing.T) {
	t.Parallel()
	before := time.Now()
	p := newPod(t, Options{})
	after := time.Now()
	collector, ok, err := findCollector(t.Context(), p.options.Config)
	require.NoError(t, err)
	require.True(t, ok)
	const early = 10 * time.Millisecond // at most, as the kernel's times of processes go
	assert.WithinRange(t, collector.started, before.Add(-early), after)

	p.write(t, authority(t), before.Add(-2*early))
	changed, err := p.changed(t.Context())
	require.NoError(t, err)
	assert.Empty(t, changed)
}

// The chart says before an install what this package says later: by the same expressions.
func TestTheChartHasTheSameExpressions(t *testing.T) {
	t.Parallel()
	template, err := os.ReadFile("../../charts/istio-lightstep/templates/_live.tpl")
	require.NoError(t, err)
	for _, expression := range []*regexp.Regexp{oddValue, oddYAML} {
		assert.Contains(t, string(template), "regexMatch `"+expression.String()+"` $text")
	}
}

// write puts a CA in place as the kubelet does, at a time.
func (p pod) write(t *testing.T, text []byte, at time.Time) {
	t.Helper()
	put(t, p.options.CAs[0], text, at)
}

// put puts a file in place.
func put(t *testing.T, name string, text []byte, at time.Time) {
	t.Helper()
	next := name + ".next"
	require.NoError(t, os.WriteFile(next, text, 0o600))
	require.NoError(t, os.Chtimes(next, at, at))
	require.NoError(t, os.Rename(next, name))
}

func (p pod) signals(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.folder, "signals"))
	require.NoError(t, err)
	return len(text)
}

func (p pod) status() int {
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
	return recorder.Code
}

// authority is a CA certificate as PEM.
func authority(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "pool CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * 365 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestAChangedCAIsReadOnce(t *testing.T) {
	p := newPod(t, Options{})
	require.NoError(t, p.look(t.Context()))
	assert.Zero(t, p.signals(t), "the CA is older than the process")

	p.write(t, authority(t), time.Now().Add(time.Second))
	p.options.Interval = 10 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go p.Run(ctx)
	require.Eventually(t, func() bool { return p.signals(t) > 0 }, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool { return strings.Contains(p.log.String(), "has read the CA again") }, time.Minute, 10*time.Millisecond)
	assert.Never(t, func() bool { return p.signals(t) > 1 }, 200*time.Millisecond, 10*time.Millisecond)
}

func TestThePodIsOutOfItsServiceFirst(t *testing.T) {
	p := newPod(t, Options{Drain: time.Hour})
	p.write(t, authority(t), time.Now().Add(time.Second))
	assert.Equal(t, http.StatusOK, p.status())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.look(ctx) }()
	require.Eventually(t, func() bool { return p.status() == http.StatusServiceUnavailable }, time.Minute, 10*time.Millisecond)
	assert.Zero(t, p.signals(t), "the signal came before the pod was drained")
	cancel()
	require.NoError(t, <-done)
	assert.Equal(t, http.StatusOK, p.status())
	assert.Zero(t, p.signals(t))
}

// A collector that is alone stays in its Service: out of it, spans would have nowhere to go.
func TestACollectorThatIsAloneIsNotDrained(t *testing.T) {
	v4, other, v6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("fd00::1")
	for name, c := range map[string]struct {
		addresses map[string][]netip.Addr
		alone     bool
	}{
		"one":                     {map[string][]netip.Addr{"ip4": {v4}}, true},
		"one of both families":    {map[string][]netip.Addr{"ip4": {v4}, "ip6": {v6}}, true},
		"no answer":               {nil, true},
		"two":                     {map[string][]netip.Addr{"ip4": {v4, other}}, false},
		"two of the other family": {map[string][]netip.Addr{"ip6": {v6, netip.MustParseAddr("fd00::2")}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t, Options{Drain: time.Hour, Replicas: "collectors.test"})
			p.resolve = func(_ context.Context, network, host string) ([]netip.Addr, error) {
				require.Equal(t, "collectors.test", host)
				if found := c.addresses[network]; found != nil {
					return found, nil
				}
				return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
			}
			p.write(t, authority(t), time.Now().Add(time.Second))
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- p.look(ctx) }()
			if c.alone {
				require.NoError(t, <-done)
				assert.Equal(t, 1, p.signals(t))
			} else {
				require.Eventually(t, func() bool { return p.status() == http.StatusServiceUnavailable }, time.Minute, 10*time.Millisecond)
				assert.Zero(t, p.signals(t), "the signal came before the pod was drained")
				cancel()
				require.NoError(t, <-done)
			}
			cancel()
		})
	}
}

func TestReplicasGoOneAfterAnother(t *testing.T) {
	p := newPod(t, Options{Delay: time.Hour})
	p.write(t, authority(t), time.Now().Add(time.Second))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	require.NoError(t, p.look(ctx))
	assert.Equal(t, http.StatusOK, p.status())
	assert.Zero(t, p.signals(t))
}

// A collector that is told to load what is no CA ends: it must keep what it has.
func TestWhatIsNoCAIsNotLoaded(t *testing.T) {
	for name, text := range map[string][]byte{"empty": {}, "text": []byte("not PEM"), "cut": authority(t)[:100]} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t, Options{})
			p.write(t, text, time.Now().Add(time.Second))
			require.ErrorContains(t, p.look(t.Context()), "the CA before it stays in use")
			require.NoError(t, p.look(t.Context()), "said once")
			assert.Zero(t, p.signals(t))
			p.write(t, authority(t), time.Now().Add(2*time.Second))
			require.NoError(t, p.look(t.Context()))
			assert.Equal(t, 1, p.signals(t))
		})
	}
}

// Between the look at a file and the signal it may change again: what the collector is to load then is looked at too.
func TestWhatIsNoCAAnyMoreIsNotLoaded(t *testing.T) {
	p := newPod(t, Options{Replicas: "collectors.test"})
	p.write(t, authority(t), time.Now().Add(time.Second))
	p.resolve = func(context.Context, string, string) ([]netip.Addr, error) {
		p.write(t, []byte("not PEM"), time.Now().Add(2*time.Second))
		return nil, nil
	}
	require.ErrorContains(t, p.look(t.Context()), "the CA before it stays in use")
	require.NoError(t, p.look(t.Context()), "said once")
	assert.Zero(t, p.signals(t))
	p.resolve = func(context.Context, string, string) ([]netip.Addr, error) { return nil, nil }
	p.write(t, authority(t), time.Now().Add(3*time.Second))
	require.NoError(t, p.look(t.Context()))
	assert.Equal(t, 1, p.signals(t))
}

// A collector that must not be signalled stays in its Service: it would leave it again and again for nothing.
func TestACollectorOfAnotherUserStaysInItsService(t *testing.T) {
	for name, c := range map[string]struct{ may, hangUp error }{
		"found out before": {syscall.EPERM, nil},
		"at the signal":    {nil, syscall.EPERM},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t, Options{})
			tries := 0
			p.find = func(context.Context, string) (running, bool, error) {
				return running{
					started: time.Now().Add(-time.Minute),
					may: func(context.Context) error {
						assert.Equal(t, http.StatusOK, p.status(), "it left its Service")
						tries++
						return c.may
					},
					hangUp: func(context.Context) error { return c.hangUp },
				}, true, nil
			}
			p.write(t, authority(t), time.Now().Add(time.Second))
			for _, held := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 10 * time.Minute, 10 * time.Minute} {
				tries = 0
				require.ErrorContains(t, p.look(t.Context()), "set podSecurityContext.runAsUser")
				assert.Equal(t, http.StatusOK, p.status())
				assert.WithinDuration(t, time.Now().Add(held), p.heldUntil, 10*time.Second)
				require.NoError(t, p.look(t.Context()), "it is held")
				assert.Equal(t, 1, tries)
				p.heldUntil = time.Now()
			}
			c.may, c.hangUp = nil, nil
			require.NoError(t, p.look(t.Context()))
			assert.Zero(t, p.held)
		})
	}
}

func TestNoCollectorIsNoFailure(t *testing.T) {
	p := newPod(t, Options{})
	p.options.Config = filepath.Join(p.folder, "another.yaml")
	p.write(t, authority(t), time.Now().Add(time.Second))
	require.NoError(t, p.look(t.Context()))
}

func TestAMissingFileIsSaid(t *testing.T) {
	p := newPod(t, Options{Interval: time.Millisecond})
	require.NoError(t, os.Remove(p.options.CAs[0]))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go p.Run(ctx)
	want := fmt.Sprintf("stat %s: no such file", p.options.CAs[0])
	require.Eventually(t, func() bool { return strings.Contains(p.log.String(), want) }, time.Minute, 10*time.Millisecond)
}

// Files of values are read again like that of a CA, and one that the collector
// would not take as it is, is not: no file is loaded then.
func TestAChangedValueIsRead(t *testing.T) {
	header := filepath.Join(t.TempDir(), "header.authorization")
	put(t, header, []byte("Bearer old"), time.Now().Add(-time.Hour))
	p := newPod(t, Options{Values: []string{header}})
	require.NoError(t, p.look(t.Context()))
	assert.Zero(t, p.signals(t))

	// The kubelet writes all files of a volume again.
	put(t, header, []byte("Bearer old"), time.Now().Add(time.Second))
	require.NoError(t, p.look(t.Context()))
	assert.Zero(t, p.signals(t), "it holds what the collector has")

	put(t, header, []byte("Bearer new"), time.Now().Add(2*time.Second))
	require.NoError(t, p.look(t.Context()))
	require.Eventually(t, func() bool { return p.signals(t) == 1 }, time.Minute, 10*time.Millisecond)
	assert.Contains(t, p.log.String(), "the collector has read its files again")
	assert.NotContains(t, p.log.String(), "Bearer")

	for name, text := range map[string]string{"empty": "", "line break": "Bearer x\n", "dollar": "a$b", "YAML": "? "} {
		put(t, header, []byte(text), time.Now().Add(3*time.Second))
		require.ErrorContains(t, p.look(t.Context()), "the value before it stays in use", name)
		require.NoError(t, p.look(t.Context()), "said once")
		p.write(t, authority(t), time.Now().Add(4*time.Second))
		require.ErrorContains(t, p.look(t.Context()), "the value before it stays in use", name)
	}
	assert.Equal(t, 1, p.signals(t))
	put(t, header, []byte("Bearer newest"), time.Now().Add(5*time.Second))
	require.NoError(t, p.look(t.Context()))
	require.Eventually(t, func() bool { return p.signals(t) == 2 }, time.Minute, 10*time.Millisecond)
}
