package compare

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
)

func TestBackendsThatTookTheSame(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.both(10, 30*time.Minute)
	r := c.compared()
	assert.Equal(t, Same, r.Verdict)
	assert.Empty(t, r.Findings)
	assert.Empty(t, r.Gaps)
	assert.Equal(t, []Backend{
		{Name: "lightstep", Exporter: one, Sent: r.Accepted, Queue: "empty"}, {Name: "second", Exporter: two, Sent: r.Accepted, Queue: "empty"},
	}, r.Backends)
	assert.InDelta(t, 36_000, r.Accepted, 100, "of two collectors, less what came before the counts began")
	assert.InDelta(t, 3600, r.Seconds, 70)
	said := text(t, r)
	assert.Contains(t, said, "each of 2 backends took every span")
	assert.Contains(t, said, "otlp_http/old is drained")
}

// A mesh with traffic all the time is never quiet: what is on its way at the
// start and at the end may differ.
func TestAMeshThatIsNeverQuiet(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.both(100, 10*time.Hour)
	c.pods["collector-0"].every = func(p *pod, seconds float64) {
		p.accepted += 100 * seconds
		p.sent[one] += 100 * seconds
		p.sent[two] = p.sent[one] - 150 // a second and a half later
		p.queued[two] = 1
	}
	r := c.compared()
	assert.Equal(t, Same, r.Verdict)
	assert.Positive(t, r.Unsure)
	assert.Contains(t, text(t, r), "were on their way at the start or the end")

	// In ten seconds as many are on their way as the counts differ by.
	c.pods["collector-1"].every(c.pods["collector-1"], 1)
	wiggle := 0.0
	c.pods["collector-0"].every = func(p *pod, seconds float64) {
		p.accepted += 100 * seconds
		p.sent[one] += 100 * seconds
		if wiggle += 50; wiggle < 1000 {
			p.sent[two] = p.sent[one] - 150 - wiggle
		}
	}
	r = c.compared(func(o *Options) { o.For = 10 * time.Second })
	assert.Equal(t, Unknown, r.Verdict, text(t, r))
	require.Len(t, r.Gaps, 1)
	assert.Regexp(t, `compare for longer, by --for \d+m or more$`, r.Gaps[0].Why)
}

// How long is enough follows from what was seen: two per cent of the spans of half an
// hour were on their way.
func TestHowLongIsEnough(t *testing.T) {
	t.Parallel()
	r := &Report{Seconds: 1800}
	assert.Equal(t, "75m", r.enough(200, 10_000))
	assert.Equal(t, "10m", r.enough(1, 10_000), "never less than steady traffic needs")
	assert.Equal(t, "10m", r.enough(5, 0), "nothing was sent")
}

// The page's own example is ten minutes, in a mesh that is never quiet and with
// collectors that take a while to answer.
func TestTenMinutesOfSteadyTrafficAreEnough(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.both(100, 10*time.Hour)
	c.asks = 500 * time.Millisecond
	c.pods["collector-0"].every = func(p *pod, seconds float64) {
		p.accepted += 100 * seconds
		p.sent[one] += 100 * seconds
		p.sent[two] = p.sent[one] - 150
		p.queued[two] = 1
	}
	r := c.compared(func(o *Options) { o.For, o.Every = 10*time.Minute, DefaultEvery })
	assert.Equal(t, Same, r.Verdict, text(t, r))
	assert.Positive(t, r.Unsure)
}

func TestItEndsWithTheSpansThatWereAskedFor(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.both(10, time.Hour)
	var told []string
	r := c.compared(func(o *Options) {
		o.Spans, o.Every = 1000, DefaultEvery
		o.Told = func(what string) { told = append(told, what) }
	})
	assert.Less(t, r.Seconds, 200.0)
	assert.GreaterOrEqual(t, r.Backends[0].Sent, int64(1000))
	assert.Contains(t, strings.Join(told, "\n"), "200 spans compared, 59m50s to go")
}

func TestEachDifferenceHasItsFinding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		every func(p *pod, seconds float64)
		want  []string
		says  string
	}{
		"refused for good": {func(p *pod, s float64) {
			p.sent[two] -= s
			p.failed[two] += s
		}, []string{"LS-COMPARE-LOST backend second"}, "the backend refused 1740 for good, and its queue was full for 0"},
		"a queue that was full": {func(p *pod, s float64) {
			p.sent[two] -= s
			p.full[two] += s
		}, []string{"LS-COMPARE-LOST backend second"}, "the backend refused 0 for good, and its queue was full for 1740"},
		"waiting": {func(p *pod, s float64) {
			p.sent[two] -= 10 * s
			p.queued[two] = 500
		}, []string{"LS-COMPARE-BEHIND backend second"}, "is 50 % full at the end"},
		"not counted": {func(p *pod, s float64) { p.sent[two] -= s }, []string{"LS-COMPARE-DIFFERS backend second"}, "spans fewer than otlp_grpc/lightstep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := newCluster(t)
			world.both(10, 30*time.Minute)
			both, begins := world.pods["collector-1"].every, world.now.Add(time.Minute)
			world.pods["collector-1"].every = func(p *pod, seconds float64) {
				before := p.sent[two]
				both(p, seconds)
				if p.sent[two] > before && world.now.After(begins) {
					c.every(p, seconds)
				}
			}
			r := world.compared()
			assert.Equal(t, Different, r.Verdict)
			require.Equal(t, c.want, ids(r))
			assert.Contains(t, r.Findings[0].Reason, c.says)
			assert.NotRegexp(t, `\{[a-z]`, r.Findings[0].Reason+r.Findings[0].Lost+r.Findings[0].Mend)
			assert.Contains(t, text(t, r), "Different:")
			r.For("--context=c")
			assert.Contains(t, r.Findings[0].Mend, "--context=c")
			r.Ignore(func(id string) bool { return id == r.Findings[0].ID }, "--ignore")
			assert.False(t, r.Errors())
			assert.Equal(t, Same, r.Verdict, "as the exit status")
			assert.Contains(t, text(t, r), "Same: apart from what is ignored, in ")
			assert.Contains(t, text(t, r), "1 finding ignored")
		})
	}
}

// A collector that starts again counts from zero, and a queue on a volume goes
// on: nothing is lost, and what it sent since the look before is not known.
func TestACollectorThatStartsAgain(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.both(10, 30*time.Minute)
	both, at := c.pods["collector-1"].every, c.now.Add(10*time.Minute)
	c.pods["collector-1"].every = func(p *pod, seconds float64) {
		if c.now.After(at) && p.restarts == 0 {
			p.restarts++
			p.restart(c.now)
			p.sent[two] -= 20 // it sent these before it ended, the other sends them now
		}
		both(p, seconds)
	}
	r := c.compared(func(o *Options) { o.Every = DefaultEvery })
	assert.Equal(t, Same, r.Verdict, text(t, r))
	assert.Equal(t, 1, r.Collectors[1].Restarts)
	assert.Contains(t, text(t, r), "collector collector-1 started again 1 time")
	assert.Positive(t, r.Unsure)
	assert.Greater(t, r.Accepted, int64(35_000), "what was counted before it counts")
}

// One that is added counts from its start.
func TestACollectorThatIsAdded(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	both, at := 0, c.now.Add(10*time.Minute)
	c.pods["collector-0"].every = func(p *pod, seconds float64) {
		if c.now.After(at) && both == 0 {
			both++
			c.read(objects + podObject("collector-0") + podObject("collector-1") + podObject("collector-2"))
			added := c.add("collector-2")
			added.restart(c.now)
			added.accepted, added.sent[one], added.sent[two] = 50, 50, 50
		}
		p.accepted += seconds
		p.sent[one] += seconds
		p.sent[two] += seconds
	}
	r := c.compared()
	assert.Equal(t, Same, r.Verdict)
	require.Len(t, r.Collectors, 3)
	assert.Equal(t, int64(50), r.Collectors[2].Accepted)
}

func TestWhatCannotBeToldIsNoPass(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*cluster)
		says   string
	}{
		"no traffic":                   {func(*cluster) {}, "no span came in this time"},
		"a collector that is away":     {func(c *cluster) { c.both(1, time.Hour); c.pods["collector-1"].down = errors.New("away") }, "collector istio-system/collector-1: port 8888 does not answer"},
		"one that does not run":        {func(c *cluster) { c.both(1, time.Hour); c.read(objects + podObject("collector-0")) }, "1 of 2 collectors: they do not run"},
		"a queue from before":          {func(c *cluster) { c.both(1, time.Hour); c.pods["collector-0"].queued[two] = 300 }, "the counts of otlp_grpc/second: its queue at collector-0 is 30 % full: wait until it is sent"},
		"one that goes away meanwhile": {func(c *cluster) { c.both(1, time.Hour); c.goesAway(10 * time.Minute) }, "collector istio-system/collector-1: it is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := newCluster(t)
			c.change(world)
			r := world.compared()
			assert.Equal(t, Unknown, r.Verdict)
			assert.True(t, r.Partial())
			assert.False(t, r.Errors())
			assert.Contains(t, text(t, r), c.says)
		})
	}
}

// An API server that is away for a moment ends no comparison, and one that stays away does.
func TestAnAPIServerThatIsAway(t *testing.T) {
	t.Parallel()
	away := func(from, until time.Duration) (*cluster, *Report, error) {
		c := newCluster(t)
		c.both(10, 30*time.Minute)
		start := c.now
		c.away = func() error {
			if at := c.now.Sub(start); at >= from && at < until {
				return errors.New("connection refused")
			}
			return nil
		}
		r, err := c.run(func(o *Options) { o.Every, o.Settle = DefaultEvery, 30*time.Second })
		return c, r, err
	}
	c, r, err := away(10*time.Minute, 10*time.Minute+50*time.Second)
	require.NoError(t, err)
	assert.Equal(t, Same, r.Verdict, text(t, r))
	assert.Greater(t, c.news, 360, "each look has its time for lists")

	_, _, err = away(10*time.Minute, 12*time.Minute)
	require.ErrorContains(t, err, "connection refused")
	_, _, err = away(0, time.Second)
	require.ErrorContains(t, err, "connection refused", "it was never there")

	// It is away as the comparison ends: what the collectors count then is not known.
	_, r, err = away(60*time.Minute, 62*time.Minute)
	require.NoError(t, err)
	assert.Equal(t, Unknown, r.Verdict)
	assert.Contains(t, text(t, r), "could not compare the collectors: list pods in namespace istio-system: connection refused")
}

func (c *cluster) goesAway(after time.Duration) {
	at, every := c.now.Add(after), c.pods["collector-0"].every
	c.pods["collector-0"].every = func(p *pod, seconds float64) {
		if every(p, seconds); c.now.After(at) {
			c.read(objects + podObject("collector-0"))
		}
	}
}

func TestSpansThatNoBackendHas(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.both(10, 30*time.Minute)
	every := c.pods["collector-0"].every
	c.pods["collector-0"].every = func(p *pod, seconds float64) { every(p, seconds); p.refused += 7 }
	r := c.compared()
	assert.Equal(t, Same, r.Verdict)
	assert.Contains(t, text(t, r), "spans of proxies: no backend has these")
}

// What may not be read of the configuration, the metrics say.
func TestWithoutTheRightToReadConfigMaps(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.both(10, 30*time.Minute)
	c.Denied = []string{"configmaps"}
	r := c.compared()
	assert.Equal(t, Same, r.Verdict)
	assert.Len(t, r.Backends, 2)
}

func TestWhatCannotBeCompared(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*cluster)
		option func(*Options)
		says   string
	}{
		"no collector":    {nil, func(o *Options) { o.Namespace = "elsewhere" }, "no collector of istio-lightstep in namespace elsewhere: --namespace names that of the release"},
		"another release": {nil, func(o *Options) { o.Release = "other" }, "no collector of istio-lightstep"},
		"another backend": {nil, func(o *Options) { o.Backends = []string{"lightstep", "honey\x1bcomb"} }, `gives no spans to a backend "honey\\x1bcomb": it has otlp_grpc/lightstep, otlp_grpc/second`},
		"one backend":     {nil, func(o *Options) { o.Backends = []string{"second"} }, "two backends are needed to compare, and release shop gives spans to otlp_grpc/second"},
		"a drained one":   {nil, func(o *Options) { o.Backends = []string{"old", "second"} }, `gives no spans to a backend "old"`},
		"several releases": {func(c *cluster) {
			c.read(objects + "---" + strings.Replace(strings.Split(objects, "---")[0], ": shop,", ": club,", 1))
		}, nil, "namespace istio-system has the releases club, shop: --release names one"},
		"no right": {func(c *cluster) { c.Denied = []string{"pods"} }, nil, "list pods in namespace istio-system"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := newCluster(t)
			if c.change != nil {
				c.change(world)
			}
			_, err := world.run(func(o *Options) {
				if c.option != nil {
					c.option(o)
				}
			})
			require.ErrorContains(t, err, c.says)
		})
	}
}

// With the tap on, some traces of this time are named.
func TestTracesToLookFor(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.read(strings.ReplaceAll(objects+podObject("collector-0")+podObject("collector-1"), "containers: [{name: collector}]", "containers: [{name: collector}, {name: tap}]"))
	c.both(10, 10*time.Minute)
	for name, p := range c.pods {
		p.tap = tap.New(100)
		for i := range 8 {
			span := &tracev1.Span{
				TraceId: fmt.Appendf(nil, "%15s%d", name, i), SpanId: []byte("12345678"),
				StartTimeUnixNano: uint64(c.now.Add(time.Duration(i-4) * time.Minute).UnixNano()),
			}
			_, err := p.tap.Export(t.Context(), &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{
				ScopeSpans: []*tracev1.ScopeSpans{{Spans: []*tracev1.Span{span}}},
			}}})
			require.NoError(t, err)
		}
	}
	r := c.compared()
	assert.Len(t, r.Traces, 5)
	assert.Contains(t, text(t, r), "Look for some traces in each backend:\n  20202020636f6c6c6563746f722d3035\n")

	// Of each collector all eight are here, and old enough now.
	all := ""
	for name := range c.pods {
		for i := range 8 {
			all += fmt.Sprintf("{\"traceID\": \"%x\"}\n", fmt.Appendf(nil, "%15s%d", name, i))
		}
	}
	lacking := strings.Replace(strings.ToUpper(all), "636F6C6C6563746F722D3033", "636F6C6C6563746F722D3933", 1)
	compared := func(o Options, exports ...Export) (*Traces, string) {
		o.Namespace, o.clock = "istio-system", c
		r, err := ByTraceIDs(t.Context(), c, exports, o)
		require.NoError(t, err)
		var out strings.Builder
		require.NoError(t, r.WriteText(&out, false))
		return r, out.String()
	}
	same, said := compared(Options{Settle: time.Minute}, Export{"lightstep", []byte(all)}, Export{"second", []byte(strings.ToUpper(all))})
	assert.Equal(t, Same, same.Verdict)
	assert.Contains(t, said, "Same: each of 2 backends has all 16 traces that the taps hold.\n")
	different, said := compared(Options{Settle: time.Minute}, Export{"lightstep", []byte(all)}, Export{"second", []byte(lacking)})
	assert.Equal(t, Different, different.Verdict)
	assert.Equal(t, []TracesOf{{"lightstep", 16, []string{}}, {"second", 15, []string{"20202020636f6c6c6563746f722d3033"}}}, different.Backends)
	assert.Contains(t, said, "  second                           has 15, lacks 1\n    20202020636f6c6c6563746f722d3033\n")

	// Backends write an ID with 64 bits, or as a UUID.
	half := regexp.MustCompile(`"[0-9a-f]{16}([0-9a-f]{16})"`).ReplaceAllString(all, `"$1"`)
	dashed := regexp.MustCompile(`"(.{8})(.{4})(.{4})(.{4})(.{12})"\}`).ReplaceAllString(all, `"$1-$2-$3-$4-$5"}`)
	forms, _ := compared(Options{Settle: time.Minute}, Export{"half", []byte(half)}, Export{"dashed", []byte(dashed)})
	assert.Equal(t, []TracesOf{{"half", 16, []string{}}, {"dashed", 16, []string{}}}, forms.Backends)

	// What is too new, and a tap that does not answer, are no ground for a verdict.
	none, said := compared(Options{Settle: 24 * time.Hour}, Export{"lightstep", []byte(all)})
	assert.Equal(t, Unknown, none.Verdict)
	assert.Contains(t, said, "no tap holds a trace that is old enough")
	c.pods["collector-0"].down = errors.New("down")
	one, said := compared(Options{Settle: time.Minute}, Export{"lightstep", []byte(all)})
	assert.Equal(t, Unknown, one.Verdict)
	assert.Contains(t, said, "could not compare tap of istio-system/collector-0: ")

	c.read(objects + podObject("collector-0"))
	_, err := ByTraceIDs(t.Context(), c, nil, Options{Namespace: "istio-system", clock: c})
	require.ErrorIs(t, err, ErrNoTap)
}

func TestTheContextEndsIt(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	catalogue, err := finding.Load()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	c.both(10, time.Hour)
	c.pods["collector-0"].every = func(*pod, float64) { cancel() }
	_, err = Run(ctx, c, catalogue, Options{Namespace: "istio-system", For: time.Hour, Every: DefaultEvery, Settle: DefaultSettle, Timeout: time.Minute, clock: c})
	require.ErrorIs(t, err, context.Canceled)
}
