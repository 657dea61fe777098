package conformance_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/presets"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// refusal is an answer by which a backend takes no spans, as its vendor documents
// it.
type refusal struct {
	http  int
	grpc  codes.Code
	after bool // it says when to send again
	size  bool // to what is larger than mostRefused alone
}

// mostRefused are the bytes of a request that are not too many for backends that
// refuse a size.
const mostRefused = 1500

// String is the answer as the page has it.
func (r refusal) String() string {
	var text string
	if r.http != 0 {
		text = fmt.Sprintf("HTTP %d", r.http)
	} else {
		text = codeName(r.grpc)
	}
	switch {
	case r.size && r.http == 0:
		return text + ", too large a message"
	case r.after && r.http != 0:
		return text + " with `Retry-After`"
	case r.after:
		return text + " with `RetryInfo`"
	}
	return text
}

// codeName is a code as the protocol has it.
func codeName(code codes.Code) string {
	return strings.ToUpper(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(code.String(), "${1}_$2"))
}

// kept tells whether the collector sends spans again that are refused so: what
// its exporters do, and with the container beside it what that has them do.
func (r refusal) kept(retryRefused bool) bool {
	switch {
	case r.size:
		return false
	case r.http != 0:
		return slices.Contains([]int{429, 502, 503, 504}, r.http) || retryRefused
	}
	return r.grpc == codes.Unavailable || r.grpc == codes.ResourceExhausted && r.after || retryRefused
}

// refuseHTTP answers a request so, where it is to be refused.
func (f *fakeBackend) refuseHTTP(w http.ResponseWriter, size int) bool {
	if !f.refuses.Load() || f.refusal.size && size <= mostRefused {
		return false
	}
	f.countRefusal()
	if f.refusal.after {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, "refused", f.refusal.http)
	return true
}

// refuseGRPC does the same. A size is refused by the server before.
func (f *fakeBackend) refuseGRPC() error {
	if !f.refuses.Load() || f.refusal.size {
		return nil
	}
	f.countRefusal()
	said := status.New(f.refusal.grpc, "refused").Proto()
	if f.refusal.after { // google.rpc.RetryInfo of one second
		second := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 1)
		info := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), second)
		said.Details = append(said.Details, &anypb.Any{TypeUrl: "type.googleapis.com/google.rpc.RetryInfo", Value: info})
	}
	return status.FromProto(said).Err()
}

func (f *fakeBackend) countRefusal() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.refused++
}

// refusingVendor is one backend, by one protocol, with one of its refusals.
type refusingVendor struct {
	vendor
	title, preset string // none: what OTLP itself has
}

// refusingVendors are all of them, by the names of backends.
func refusingVendors(t *testing.T) map[string]refusingVendor {
	t.Helper()
	all, err := presets.Load()
	require.NoError(t, err)
	ofProtocol, err := presets.Refusals()
	require.NoError(t, err)
	of := map[string]refusingVendor{}
	add := func(one refusingVendor, protocol string, answer refusal) {
		one.protocol, one.encoding, one.refusal = protocol, "", &answer
		of[fmt.Sprintf("%s-%s-%d", cmp.Or(one.preset, "otlp"), protocol, len(of))] = one
	}
	answers := func(refusals []presets.Refusal, by func(protocol string) (refusingVendor, bool)) {
		for _, r := range refusals {
			size := r.To == "size"
			for _, answer := range r.HTTP {
				one, ok := by("http")
				require.True(t, ok, "%+v: no HTTP", r)
				add(one, "http", refusal{http: answer, after: r.RetryAfter, size: size})
			}
			for _, answer := range r.GRPC {
				one, ok := by("grpc")
				require.True(t, ok, "%+v: no gRPC", r)
				var code codes.Code
				require.NoError(t, code.UnmarshalJSON([]byte(`"`+answer+`"`)))
				add(one, "grpc", refusal{grpc: code, after: r.RetryAfter, size: size})
			}
		}
	}
	answers(ofProtocol, func(protocol string) (refusingVendor, bool) {
		plain := map[string]vendor{
			"http": {values: "endpoint: http://a.example.com:4318", asked: asked{plain: true, path: "/v1/traces"}},
			"grpc": {values: "endpoint: a.example.com:4317, tls: {insecure: true}", asked: asked{plain: true}},
		}
		return refusingVendor{vendor: plain[protocol], title: "OTLP itself"}, true
	})
	for _, preset := range all {
		answers(preset.Refusals, func(protocol string) (refusingVendor, bool) {
			one, ok := vendors[preset.ID+" "+protocol]
			return refusingVendor{vendor: one, title: preset.Title, preset: preset.ID}, ok
		})
	}
	return of
}

// TestBackendsRefuse has each backend refuse spans as its vendor documents it.
// They are sent again until they are taken, or dropped and counted.
func TestBackendsRefuse(t *testing.T) {
	for _, retryRefused := range []bool{false, true} {
		t.Run(fmt.Sprintf("retryRefused=%t", retryRefused), func(t *testing.T) { runRefusals(t, retryRefused) })
	}
}

func runRefusals(t *testing.T, retryRefused bool) {
	t.Helper()
	runs := refusingVendors(t)
	var values strings.Builder
	fmt.Fprintf(&values, "istio: {version: \"1.31.0\"}\ncollector: {persistence: {size: 100Gi}, retryRefused: {enabled: %t}}\nbackends:\n", retryRefused)
	for name, run := range runs {
		own := run.values
		if strings.Contains(own, "%[") {
			own = fmt.Sprintf(own, name)
		}
		if run.preset != "" {
			own = "preset: " + run.preset + ", " + own
		}
		fmt.Fprintf(&values, "  %s: {protocol: %s, %s}\n", name, run.protocol, own)
	}
	authority, certificate := newCertificate(t)
	c := renderFilled(t, values.String(), authority, certificate, func(backend string) string { return lastWord(runs[backend].value) })
	c.configure(t)
	metrics := c.measured(t)
	backends := map[string]*fakeBackend{}
	for name, run := range runs {
		backends[name] = startFakeAt(t, run.asked, ports.Address(t), authority, certificate)
		if !retryRefused {
			c.lead(t, backends[name], name)
		}
	}
	if retryRefused {
		c.relay(t, backends)
	}
	c.start(t)
	const traces, spans = 20, 100
	c.pad = 2 * mostRefused // Each span is too large.
	c.sendTraces(t, 0, traces)
	counts := func(t *testing.T, name string) collector.Counts {
		t.Helper()
		asked, err := collector.Ask(t.Context(), metrics)
		if err != nil { // It is asked again.
			return collector.Counts{}
		}
		return asked.Exporters[fmt.Sprintf("otlp_%s/%s", runs[name].protocol, name)]
	}
	each := func(when string, check func(t *testing.T, name string, backend *fakeBackend, kept bool)) {
		for name, backend := range backends {
			t.Run(fmt.Sprintf("%s: %s by %s: %s", when, runs[name].title, backend.protocol, backend.refusal), func(t *testing.T) {
				check(t, name, backend, backend.refusal.kept(retryRefused))
			})
		}
	}
	each("refused", func(t *testing.T, name string, backend *fakeBackend, kept bool) {
		t.Helper()
		require.Eventually(t, func() bool {
			if kept {
				return backend.refusals() > 1
			}
			return counts(t, name).SendFailed == spans
		}, time.Minute, 50*time.Millisecond, "they are sent again, or dropped and counted")
		assert.Zero(t, backend.traces())
	})
	for _, backend := range backends {
		backend.refuses.Store(backend.refusal.size) // What is small enough passes there.
	}
	c.pad = 0
	c.sendTraces(t, traces, 1)
	each("taken", func(t *testing.T, name string, backend *fakeBackend, kept bool) {
		t.Helper()
		want, failed := 1, float64(spans)
		if kept {
			want, failed = traces+1, 0
		}
		wantTraces(t, backend, want)
		require.Eventually(t, func() bool { return counts(t, name).Sent == float64(5*want) }, time.Minute, 100*time.Millisecond)
		assert.InDelta(t, failed, counts(t, name).SendFailed, 0)
	})
}

// TestRefusalsOnThePage holds the table of docs/backends.md to what is known, and
// what TestBackendsRefuse saw of each answer. With -update it writes the table.
func TestRefusalsOnThePage(t *testing.T) {
	const path = "../../docs/backends.md"
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	titles := map[refusal][]string{}
	for _, run := range refusingVendors(t) {
		if !slices.Contains(titles[*run.refusal], run.title) {
			titles[*run.refusal] = append(titles[*run.refusal], run.title)
		}
	}
	rows := map[string]string{}
	says := map[bool]string{true: "wait, and are sent again", false: "are dropped"}
	for answer, of := range titles {
		rows[answer.String()] = fmt.Sprintf("| %s | %s | %s | %s |\n", answer, strings.Join(slices.Sorted(slices.Values(of)), ", "), says[answer.kept(false)], says[answer.kept(true)])
	}
	require.Len(t, rows, len(titles))
	table := "| answer | documented by | the spans | with `retryRefused` |\n|---|---|---|---|\n"
	for _, answer := range slices.Sorted(maps.Keys(rows)) {
		table += rows[answer]
	}
	place := regexp.MustCompile(`(?s)(<!-- refusals -->\n).*?(<!-- /refusals -->\n)`)
	require.Regexp(t, place, string(content))
	page := place.ReplaceAllString(string(content), "${1}"+strings.ReplaceAll(table, "$", "$$")+"${2}")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(page), 0o644))
		return
	}
	assert.Equal(t, page, string(content), "run it with -update")
}
