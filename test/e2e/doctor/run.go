package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Mesh is a healthy mesh that is broken and mended.
type Mesh struct {
	Shell *Shell
	// Arrives sends a few requests and says in the error which spans of them did
	// not arrive.
	Arrives func(context.Context) error
	// Named is called when doctor has named a cause, with the mesh still broken.
	Named func(context.Context, Breakage) error
}

const (
	// findWait is how long doctor may take to name a cause once it is there: the
	// kubelet and istiod take their time, and what is in between is not its fault.
	findWait = 2 * time.Minute
	// mendWait is how long it may take from the mending command to a mesh in
	// which nothing is found and all spans arrive. The kubelet brings a changed
	// Secret into pods within a minute and a half.
	mendWait = 4 * time.Minute
)

// Healthy waits until doctor finds nothing and all spans arrive.
func (m *Mesh) Healthy(ctx context.Context) error {
	_, err := m.mended(ctx, time.Now())
	return err
}

// Run breaks the mesh, has doctor look, runs the command that it prints, and
// waits until the mesh is healthy. The error says what was not as it must be;
// the mesh may then still be broken.
func (m *Mesh) Run(ctx context.Context, b Breakage) (Row, error) {
	row := Row{Name: b.Name, Delivery: b.Delivery, Finds: b.Finds, What: b.What}
	if _, err := m.Shell.Run(ctx, b.Break); err != nil {
		return row, fmt.Errorf("break: %w", err)
	}
	report, err := m.find(ctx, b, &row)
	if err != nil {
		return row, err
	}
	row.At = time.Now().UTC().Format(time.RFC3339)
	row.Severity, row.Doctor = report.Findings[0].Severity, round(report.Seconds)
	row.Mend = report.Findings[0].Mend
	if err := m.Named(ctx, b); err != nil {
		return row, err
	}
	begun := time.Now()
	var done []string
	for _, f := range report.Findings {
		if slices.Contains(done, f.Mend) {
			continue
		}
		done = append(done, f.Mend)
		script := b.command(f.Mend)
		if f.Mend == "" {
			script = b.Instead
		}
		if script == "" {
			return row, fmt.Errorf("no command is printed, and the row does not say what to do instead: %s", f.Reason)
		}
		if _, err := m.Shell.Run(ctx, script); err != nil {
			return row, fmt.Errorf("the command that is printed: %w", err)
		}
	}
	row.Subjects = len(report.Findings)
	if row.Mended, err = m.mended(ctx, begun); err != nil {
		return row, fmt.Errorf("after %s: %w", row.Mend, err)
	}
	if b.After != "" {
		if _, err := m.Shell.Run(ctx, b.After); err != nil {
			return row, fmt.Errorf("after: %w", err)
		}
	}
	return row, nil
}

// find runs doctor until it names the cause and nothing else. What it named on
// the way, while the cluster was still changing, is kept in the row.
func (m *Mesh) find(ctx context.Context, b Breakage, row *Row) (Report, error) {
	begun := time.Now()
	for {
		report, err := m.Shell.Doctor(ctx)
		if err != nil {
			return report, err
		}
		row.Looks++
		ids := report.IDs()
		if slices.Equal(ids, []string{b.Finds}) {
			row.Found = round(time.Since(begun).Seconds())
			return report, nil
		}
		for _, id := range ids {
			if id != b.Finds && !slices.Contains(row.Also, id) {
				row.Also = append(row.Also, id)
			}
		}
		if time.Since(begun) > findWait {
			return report, fmt.Errorf("doctor finds %s, not %s alone: %s", said(ids), b.Finds, told(report))
		}
		if err := sleep(ctx, time.Second); err != nil {
			return report, err
		}
	}
}

// mended waits until every span arrives and doctor finds nothing, and gives the
// seconds since the start until the first complete traces.
func (m *Mesh) mended(ctx context.Context, begun time.Time) (seconds float64, err error) {
	for {
		if err = m.Arrives(ctx); err == nil {
			break
		}
		if time.Since(begun) > mendWait {
			return 0, fmt.Errorf("spans do not arrive: %w", err)
		}
		if err := sleep(ctx, time.Second); err != nil {
			return 0, err
		}
	}
	seconds = round(time.Since(begun).Seconds())
	for {
		report, err := m.Shell.Doctor(ctx)
		if err != nil {
			return 0, err
		}
		ids := report.IDs()
		if len(ids) == 0 {
			return seconds, nil
		}
		if time.Since(begun) > mendWait {
			return 0, fmt.Errorf("doctor still finds %s: %s", said(ids), told(report))
		}
		if err := sleep(ctx, time.Second); err != nil {
			return 0, err
		}
	}
}

func said(ids []string) string {
	if len(ids) == 0 {
		return "nothing"
	}
	return strings.Join(ids, ", ")
}

func told(r Report) string {
	var parts []string
	for _, f := range r.Findings {
		parts = append(parts, f.ID+" ("+f.Subject+": "+f.Reason+")")
	}
	for _, g := range r.Gaps {
		parts = append(parts, g.What+": "+g.Why)
	}
	return strings.Join(parts, "; ")
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func round(seconds float64) float64 { return float64(int(seconds*10+0.5)) / 10 }
