package migrate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/migrate"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

const printed = `# Migration to Istio 1.31

## Moved

- mine.yaml:1:1: ` + "`a`" + `

## Steps, in the order that loses no span

1. Read it.

   ` + "```sh" + `
   for a in b; do
     echo "$a"
   done
   ` + "```" + `

2. By hand.
3. See.

   ` + "```sh" + `
   true
   ` + "```" + `


` + "```diff" + `
- 4. no step
` + "```" + `
`

func TestSteps(t *testing.T) {
	steps, err := migrate.Steps(printed)
	require.NoError(t, err)
	require.Equal(t, []migrate.Step{
		{1, "Read it.", "for a in b; do\n  echo \"$a\"\ndone\n"}, {2, "By hand.", ""}, {3, "See.", "true\n"},
	}, steps)
	for _, broken := range []string{
		"", "\n## Steps\n\n2. two\n", "\n## Steps\n\n1. one\n   more\n", "\n## Steps\n\n1. one\n   ```sh\n   true\n",
	} {
		_, err := migrate.Steps(broken)
		require.Error(t, err, broken)
	}
}

// trees are those before and after a gateway's router has spans of its own.
var trees = []bookinfo.Mesh{{Namespace: "default"}, {Namespace: "default", RouterSpan: true}}

// spans makes the spans of a request as the provider of kind lightstep does,
// which name no service.
func spans(m bookinfo.Mesh, marker, reviews string) []spantest.RecordedSpan {
	var all []spantest.RecordedSpan
	for i, p := range m.Parts(reviews) {
		s := spantest.RecordedSpan{
			TraceID: "trace " + marker, ID: fmt.Sprintf("%s %d", marker, i), Kind: p.Kind, Name: p.Name, Attributes: map[string]string{},
		}
		if s.Kind == spantest.KindServer && s.Name == "reviews.default.svc.cluster.local:9080/*" {
			s.Attributes[bookinfo.Revision] = reviews
		}
		if i == 0 {
			s.Attributes["http.url"] = "http://bookinfo.example/productpage?e2e=" + marker
		}
		all = append(all, s)
	}
	return all
}

func TestTake(t *testing.T) {
	before, after := spans(trees[0], "a", "v1"), spans(trees[1], "b", "v3")
	all := append(append([]spantest.RecordedSpan{}, before...), after...)
	whole := migrate.Take(trees, append(all, all...), spantest.ByQuery("e2e", "a", "b"))
	require.Zero(t, whole.Lost)
	require.Empty(t, whole.Broken)
	require.Equal(t, 6+9, whole.Spans)

	for i := range after {
		if i == 0 {
			continue // without it nobody knows whose the others are, here
		}
		left := append(append([]spantest.RecordedSpan{}, before...), after[:i]...)
		account := migrate.Take(trees, append(left, after[i+1:]...), spantest.ByQuery("e2e", "a", "b"))
		require.Equal(t, 1, account.Lost, "%v", after[i])
		require.Equal(t, []string{"b"}, account.Broken)
	}
	none := migrate.Take(trees, before, spantest.ByQuery("e2e", "a", "b"))
	require.Equal(t, 6, none.Lost, "the least that there could have been")
}
