package compare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// ErrNoTap is that there is nothing to compare trace IDs with.
var ErrNoTap = errors.New("no tap: set collector.tap.enabled of the chart to true, and compare once it has seen traffic")

// Export is what a backend showed of its traces, in any form of text that has
// their IDs in hexadecimal, such as what its API answers.
type Export struct {
	Backend string
	Text    []byte
}

// Traces is which traces that the taps saw each backend has.
type Traces struct {
	Cluster   string     `json:"cluster"`
	Release   string     `json:"release"`
	Namespace string     `json:"namespace"`
	Verdict   string     `json:"verdict"`
	Seen      int        `json:"seen"` // traces that began in the time that the taps hold, and long enough ago
	Backends  []TracesOf `json:"backends"`
	Gaps      []mesh.Gap `json:"notLookedAt"`
}

// TracesOf is which of the traces a backend has.
type TracesOf struct {
	Name  string   `json:"name"`
	Has   int      `json:"has"`
	Lacks []string `json:"lacks"`
}

// ByTraceIDs compares by trace IDs: those that the taps of a release saw, but
// for the newest, with those in what the backends exported.
func ByTraceIDs(ctx context.Context, from Asker, exports []Export, o Options) (*Traces, error) {
	if o.clock == nil {
		o.clock = wall{}
	}
	found, err := find(ctx, from, &o)
	if err != nil {
		return nil, err
	}
	pods, tapped, err := found.pods(ctx, from)
	if err != nil {
		return nil, err
	}
	if !tapped {
		return nil, ErrNoTap
	}
	seen, r := map[string]bool{}, &Traces{Release: found.name, Namespace: found.namespace, Gaps: []mesh.Gap{}}
	until := uint64(max(0, o.clock.Now().Add(-o.Settle).UnixNano()))
	for _, pod := range pods {
		err := tapOf(ctx, from, pod, func(span tap.Span) bool {
			// A trace counts where its first span is here and none is too new.
			if _, known := seen[span.Trace]; span.Parent == "" && !known {
				seen[span.Trace] = true
			}
			if max(span.Start, span.End) > until {
				seen[span.Trace] = false
			}
			return true
		})
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			r.Gaps = append(r.Gaps, mesh.Gap{What: "tap of " + pod.String(), Why: mesh.Reason(err)})
		}
	}
	maps.DeleteFunc(seen, func(_ string, counts bool) bool { return !counts })
	r.judge(slices.Sorted(maps.Keys(seen)), exports)
	return r, nil
}

// identifier finds what may be a trace ID. Some backends write it without the
// zeros before it, some without the half that older tracers do not have, and
// some as a UUID.
var identifier = regexp.MustCompile(`[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{8,32}`)

// hexadecimal writes a trace ID as all are compared.
func hexadecimal(id string) string {
	return strings.TrimLeft(strings.ToLower(strings.ReplaceAll(id, "-", "")), "0")
}

func (r *Traces) judge(seen []string, exports []Export) {
	r.Seen, r.Verdict = len(seen), Same
	for _, export := range exports {
		has := map[string]bool{}
		for _, id := range identifier.FindAll(export.Text, -1) {
			has[hexadecimal(string(id))] = true
		}
		of := TracesOf{Name: export.Backend, Lacks: []string{}}
		for _, id := range seen {
			if has[hexadecimal(id)] || len(id) == 32 && has[hexadecimal(id[16:])] {
				of.Has++
			} else {
				of.Lacks = append(of.Lacks, id)
			}
		}
		if len(of.Lacks) > 0 {
			r.Verdict = Different
		}
		r.Backends = append(r.Backends, of)
	}
	if len(seen) == 0 {
		r.Gaps = append(r.Gaps, mesh.Gap{What: "the traces", Why: "no tap holds a trace that is old enough: compare while the mesh has traffic"})
	}
	if len(r.Gaps) > 0 && r.Verdict == Same {
		r.Verdict = Unknown
	}
}

// Errors tells whether a backend lacks a trace.
func (r *Traces) Errors() bool { return r.Verdict == Different }

// Partial tells whether the traces are no ground for a verdict.
func (r *Traces) Partial() bool { return r.Verdict == Unknown }

// WriteText writes the report for people: the verdict first of all.
func (r *Traces) WriteText(w io.Writer, colour bool) error {
	t := &terminal.Text{Coloured: colour}
	switch r.Verdict {
	case Same:
		t.Line("%s each of %d backends has all %d traces that the taps hold.", t.In(terminal.Bold+terminal.Green, "Same:"), len(r.Backends), r.Seen)
	case Different:
		t.Line("%s a backend lacks traces of the %d that the taps hold.", t.In(terminal.Bold+terminal.Red, "Different:"), r.Seen)
	default:
		t.Line("%s the traces do not tell whether the backends took the same.", t.In(terminal.Bold+terminal.Yellow, "Unknown:"))
	}
	t.Line("")
	for _, of := range r.Backends {
		t.Line("  %-32s has %d, lacks %d", terminal.Safe(of.Name), of.Has, len(of.Lacks))
		for _, id := range of.Lacks[:min(len(of.Lacks), mostTraces)] {
			t.Line("    %s", id)
		}
	}
	t.Line("")
	for _, g := range r.Gaps {
		t.Line("%s %s: %s", t.In(terminal.Yellow, "could not compare"), g.What, g.Why)
	}
	t.Line("%s", t.In(terminal.Faint, fmt.Sprintf("release %s in %s, %s", r.Release, r.Namespace, r.Cluster)))
	_, err := io.WriteString(w, t.String())
	return err
}

const (
	mostTraces = 5  // that are named
	mostPages  = 20 // of a tap's answers that are read
)

// tapOf hands out the spans that a collector's tap holds, until it is told to end.
func tapOf(ctx context.Context, from Asker, pod mesh.Ref, each func(tap.Span) bool) error {
	var next uint64
	for range mostPages {
		var head tap.Head
		ended := false
		err := from.Ask(ctx, pod, collector.TapShowsPort, []string{fmt.Sprintf("%s?after=%d", tap.Path, next)}, func(_ string, answer []byte) error {
			var spans []tap.Span
			var err error
			if head, spans, err = tap.Read(answer); err != nil {
				return err
			}
			for _, span := range spans {
				if ended = !each(span); ended {
					break
				}
			}
			return nil
		})
		if next = head.Next; err != nil || ended || !head.More {
			return err
		}
	}
	return nil
}

// traces names some traces that the taps saw in the time of the comparison. A
// tap sees what comes, not who took it: ByTraceIDs, or people, look for them
// in each backend.
func (r *Report) traces(ctx context.Context, w *watch) {
	from := uint64(max(0, w.begun.UnixNano()))
	for _, name := range slices.Sorted(maps.Keys(w.replicas)) {
		// It is a convenience: without it the verdict is the same.
		_ = tapOf(ctx, w.from, w.replicas[name].pod, func(span tap.Span) bool {
			// The first of a trace, so that the whole of it came in this time.
			if span.Parent == "" && span.Start >= from && !slices.Contains(r.Traces, span.Trace) {
				r.Traces = append(r.Traces, span.Trace)
			}
			return len(r.Traces) < mostTraces
		})
	}
}
