package migrate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/migrate"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/trace"
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
var trees = []trace.Bookinfo{{Namespace: "default"}, {Namespace: "default", RouterSpan: true}}

// spans makes the spans of a request as the provider of kind lightstep does,
// which name no service.
func spans(b trace.Bookinfo, marker, reviews string) []trace.Span {
	var all []trace.Span
	var walk func(*trace.Node)
	walk = func(n *trace.Node) {
		s := n.Span
		s.Service, s.TraceID, s.ID = "", "trace "+marker, fmt.Sprintf("%s %d", marker, len(all))
		if s.Kind == trace.Server && s.Name == "reviews.default.svc.cluster.local:9080/*" {
			s.Revision = reviews
		}
		if len(all) == 0 {
			s.Marker = marker
		}
		all = append(all, s)
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(b.Tree(reviews))
	return all
}

func TestTake(t *testing.T) {
	before, after := spans(trees[0], "a", "v1"), spans(trees[1], "b", "v3")
	all := append(append([]trace.Span{}, before...), after...)
	whole := migrate.Take(trees, append(all, all...), []string{"a", "b"})
	require.Zero(t, whole.Lost)
	require.Empty(t, whole.Broken)
	require.Equal(t, 6+9, whole.Spans)

	for i := range after {
		if i == 0 {
			continue // without it nobody knows whose the others are, here
		}
		left := append(append([]trace.Span{}, before...), after[:i]...)
		account := migrate.Take(trees, append(left, after[i+1:]...), []string{"a", "b"})
		require.Equal(t, 1, account.Lost, "%v", after[i])
		require.Equal(t, []string{"b"}, account.Broken)
	}
	none := migrate.Take(trees, before, []string{"a", "b"})
	require.Equal(t, 6, none.Lost, "the least that there could have been")
}
