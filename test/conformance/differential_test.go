package conformance_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// inputs is how many addresses and tokens the differential test makes up. The rules
// take some half a millisecond for each.
const inputs = 20_000

// cacertPath is that of all of them.
const cacertPath = caDirectory + "/" + caFile

// TestAcceptsASubsetOfIstio makes up addresses and tokens and holds the chart's
// rules against Istio's own ValidateLightstepCollector: what the rules accept
// for a native dialect, Istio must accept.
func TestAcceptsASubsetOfIstio(t *testing.T) {
	collectors := makeCollectors(inputs)
	judge := newJudge(t)
	for _, minor := range []string{"1.4", "1.14"} {
		t.Run(minor, func(t *testing.T) {
			release, err := istio.Find(minor)
			require.NoError(t, err)
			tools, err := istio.Open(release)
			require.NoError(t, err)
			refusals, err := tools.ValidateLightstep(t.Context(), collectors)
			require.NoError(t, err)
			accepted := judge.accepted(t, release.Version, collectors)

			var ours, theirs, wrong int
			for i, refusal := range refusals {
				if accepted[i] {
					ours++
				}
				if refusal == "" {
					theirs++
				} else if accepted[i] {
					wrong++
					assert.LessOrEqual(t, wrong, 10, "and more")
					if wrong <= 10 {
						t.Errorf("accepted here, refused by Istio %s: %+q: %s", release.Version, fmt.Sprintf("%+v", collectors[i]), refusal)
					}
				}
			}
			t.Logf("of %d fuzzed collectors the rules accept %d, Istio %s accepts %d; accepted here alone: %d",
				inputs, ours, release.Version, theirs, wrong)
			// Fuzz that one side always says the same to would prove nothing.
			assert.Greater(t, ours, inputs/20, "too few are accepted by the rules")
			assert.Greater(t, inputs-theirs, inputs/20, "too few are refused by Istio")
		})
	}
}

// TestAcceptsGoodAddresses holds what the corpus calls good to Istio.
func TestAcceptsGoodAddresses(t *testing.T) {
	cases, err := corpus.Cases()
	require.NoError(t, err)
	var good []istio.LightstepCollector
	for _, c := range cases {
		if c.File != "address.yaml" || c.Schema || len(*c.Want) > 0 {
			continue
		}
		user, err := c.User()
		require.NoError(t, err)
		lightstep, _ := at(user, "global", "tracer", "lightstep").(map[string]any)
		address, _ := lightstep["address"].(string)
		token, _ := lightstep["accessToken"].(string)
		good = append(good, istio.LightstepCollector{Address: address, AccessToken: token, Secure: true, CacertPath: cacertPath})
	}
	require.NotEmpty(t, good)
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		refusals, err := tools.ValidateLightstep(t.Context(), good)
		require.NoError(t, err)
		for i, refusal := range refusals {
			assert.Empty(t, refusal, "%+v", good[i])
		}
	})
}

// judge asks the chart's rules.
type judge struct {
	chart    *helmengine.Chart
	release  helmengine.Input
	defaults map[string]any
}

func newJudge(t *testing.T) judge {
	t.Helper()
	files, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	chart, err := helmengine.Load(files)
	require.NoError(t, err)
	capabilities, err := chart.Capabilities("v1.34.0")
	require.NoError(t, err)
	release := helmengine.Input{ReleaseName: "istio-lightstep", Namespace: "istio-system", Capabilities: capabilities}
	return judge{chart, release, chart.Defaults()}
}

// accepted tells for each collector whether the rules find no error in it, on
// all cores.
func (j judge) accepted(t *testing.T, version string, collectors []istio.LightstepCollector) []bool {
	t.Helper()
	answers := make([]bool, len(collectors))
	var group sync.WaitGroup
	share := len(collectors)/runtime.NumCPU() + 1
	for first := 0; first < len(collectors); first += share {
		last := min(first+share, len(collectors))
		group.Go(func() {
			for i := first; i < last; i++ {
				values := helmengine.MergeFile(j.values(version), map[string]any{
					"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{
						"address": collectors[i].Address, "accessToken": collectors[i].AccessToken, "secure": collectors[i].Secure,
					}}},
				})
				judged, err := rules.Judge(t.Context(), j.chart, j.release, rules.Input{Values: values})
				answers[i] = assert.NoError(t, err) && !problem.HasErrors(judged.Problems)
			}
		})
	}
	group.Wait()
	return answers
}

// values are the chart's defaults with what every collector here shares.
func (j judge) values(version string) map[string]any {
	return helmengine.MergeFile(j.defaults, map[string]any{
		"istio":  map[string]any{"version": version},
		"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{"cacertPath": cacertPath}}},
		"cacert": map[string]any{
			"existingSecret": map[string]any{"name": caSecret},
			"namespaces":     []any{"default", "istio-system"},
		},
	})
}

// seeds are addresses and tokens, good and bad, that others are made of.
var (
	addresses = []string{
		"ingest.lightstep.com:443", "lightstep-satellite.lightstep:9292", "satellite:1", "10.1.2.3:9292",
		"[2001:db8::1]:443", "[::1]:65535", "[fe80::1%eth0]:443", "a-b.c-d.svc.cluster.local:8360", "x.y1:80",
		"https://ingest.lightstep.com:443", "ingest.lightstep.com", "host_name:443", "host.:443", ":443", "host:",
		"host:0", "host:65536", "host:https", "2001:db8::1:443", "a..b:1", "-a.b:1", "1.2.3:4", "host:443/path",
		"xn--bcher-kva.example:443", "bücher.example:443", "*.example.com:443", "host:+443", "host:0443",
		"[::ffff:10.0.0.1]:443", "[host]:443", "256.1.1.1:443", "example.123:443", strings.Repeat("a", 64) + ".b:1",
		strings.Repeat("a.", 126) + "bc:1", strings.Repeat("a", 63) + ".b:1",
	}
	tokens = []string{
		"example-access-token", "0123abcdef", "a", "", " ", "token with spaces", "token\n", "<token>", "1e5", "true",
		"tökén", "a:b", "\"quoted\"", "x=y", "abc/def+ghi==", "null",
	}
	pieces = []string{
		".", "-", "_", ":", "[", "]", "%", "/", "//", "@", "#", "?", " ", "\t", "\n", "\x00", "..", "::", "0", "9",
		"65535", "65536", "-1", "a", "Z", "é", "。", "\u200b", "\xff", "*", "{", "}", "$", "<", ">", "\\", "'", "443",
	}
)

// makeCollectors makes up n different looking collectors, always the same.
func makeCollectors(n int) []istio.LightstepCollector {
	random := rand.New(rand.NewPCG(1, 2))
	collectors := make([]istio.LightstepCollector, n)
	for i := range collectors {
		collectors[i] = istio.LightstepCollector{
			Address:     madeOf(random, addresses),
			AccessToken: "example-access-token",
			Secure:      random.IntN(8) != 0,
			CacertPath:  cacertPath,
		}
		if random.IntN(4) == 0 {
			collectors[i].AccessToken = madeOf(random, tokens)
		}
	}
	return collectors
}

// madeOf takes one seed and changes it up to three times.
func madeOf(random *rand.Rand, seeds []string) string {
	text := []byte(seeds[random.IntN(len(seeds))])
	for range random.IntN(4) {
		from := random.IntN(len(text) + 1)
		to := min(from+random.IntN(4), len(text))
		switch random.IntN(5) {
		case 0: // Put something in.
			text = slices.Insert(text, from, []byte(pieces[random.IntN(len(pieces))])...)
		case 1: // Take something out.
			text = slices.Delete(text, from, to)
		case 2: // Change something.
			text = slices.Replace(text, from, to, []byte(pieces[random.IntN(len(pieces))])...)
		case 3: // Go on as another seed does.
			other := seeds[random.IntN(len(seeds))]
			text = append(text[:from:from], other[random.IntN(len(other)+1):]...)
		case 4: // Change the case of a letter, or one byte to any other.
			if from < len(text) {
				text[from] = byte(random.IntN(256))
				if random.IntN(2) == 0 {
					text[from] = "abcdefghijABCDEFGHIJ0123456789-."[random.IntN(32)]
				}
			}
		}
	}
	return strings.ToValidUTF8(string(text), "\ufffd") // as any YAML would give it
}
