package compare

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

const (
	mostTraces = 5  // that are named
	mostPages  = 20 // of a tap's answers that are read
)

// traces names some traces that the taps saw in the time of the comparison. A
// tap sees what comes, not who took it: whether a backend has a trace is for
// people to look.
func (r *Report) traces(ctx context.Context, w *watch) {
	from := uint64(max(0, w.begun.UnixNano()))
	for _, name := range slices.Sorted(maps.Keys(w.replicas)) {
		var next uint64
		for range mostPages {
			var head tap.Head
			err := w.from.Ask(ctx, w.replicas[name].pod, collector.TapShowsPort, []string{fmt.Sprintf("%s?after=%d", tap.Path, next)}, func(_ string, answer []byte) error {
				var spans []tap.Span
				var err error
				if head, spans, err = tap.Read(answer); err != nil {
					return err
				}
				for _, span := range spans {
					// The first of a trace, so that the whole of it came in this time.
					if span.Parent == "" && span.Start >= from && len(r.Traces) < mostTraces && !slices.Contains(r.Traces, span.Trace) {
						r.Traces = append(r.Traces, span.Trace)
					}
				}
				return nil
			})
			if next = head.Next; err != nil || !head.More || len(r.Traces) >= mostTraces {
				break // it is a convenience: without it the verdict is the same
			}
		}
	}
}
