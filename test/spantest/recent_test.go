package spantest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func traceOf(n int) string { return fmt.Sprintf("%032x", n+1) }

func TestASourceKeepsTheLastSpans(t *testing.T) {
	t.Parallel()
	r := recent{most: 100}
	for i := range 1000 {
		r.add(RecordedSpan{TraceID: traceOf(i), ID: "1"}, RecordedSpan{TraceID: traceOf(i), ID: "2", Attributes: map[string]string{clientTraceID: fmt.Sprint("m", i)}})
		require.LessOrEqual(t, len(r.spans), 110)
	}
	assert.Equal(t, 2000, len(r.spans)+r.dropped)
	assert.Len(t, r.of(Query{TraceIDs: []string{traceOf(999), traceOf(0)}}), 2)
	assert.Len(t, r.of(Query{Markers: []string{"m998", "m1"}}), 2, "the trace of the span that has it")
	assert.Empty(t, r.of(Query{TraceIDs: []string{traceOf(1)}}))
	require.ErrorContains(t, r.lost(), "spans are kept no more")
	all := r.of(Query{})
	all[0].ID = "changed"
	assert.NotEqual(t, "changed", r.spans[0].ID)
}

// It tells of spans that a tap lost between two questions, and not before the first.
func TestATapThatLosesSpansSaysSo(t *testing.T) {
	t.Parallel()
	answers := []string{`{"next": 60000, "lost": 10000}`, `{"next": 70000, "lost": 0}`, `{"next": 150000, "lost": 7}`}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, answers[0])
		_, _ = fmt.Fprintf(w, `{"trace": %q, "id": "%d"}`+"\n", traceOf(0), len(answers))
		answers = answers[1:]
	}))
	t.Cleanup(server.Close)
	s := &tap{next: map[string]uint64{}}
	for range 2 {
		require.NoError(t, s.take(t.Context(), server.URL, "pod"))
		require.NoError(t, lostOf(s))
	}
	require.NoError(t, s.take(t.Context(), server.URL, "pod"))
	require.ErrorContains(t, lostOf(s), "7 spans passed the taps faster than they were read")
	assert.Len(t, s.recent.of(Query{TraceIDs: []string{traceOf(0)}}), 3)
}

// loses has no span of any trace.
type loses struct{ recent }

// Spans gives none.
func (*loses) Spans(context.Context, Query) ([]RecordedSpan, error) { return nil, nil }

func TestWhatASourceLostIsInTheVerdict(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err := Await(ctx, &loses{recent{dropped: 7}}, ByTraceID(traceOf(0)), Span("shop"))
	require.ErrorIs(t, err, ErrIncomplete)
	require.ErrorContains(t, err, "7 spans are kept no more")
}

func TestAFileIsReadOnFromWhereItWasRead(t *testing.T) {
	t.Parallel()
	line := func(n int) string {
		return fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":%q,"spanId":"30d6ddafa1b2faad"}]}]}]}`+"\n", traceOf(n))
	}
	path := filepath.Join(t.TempDir(), "spans.jsonl")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	f := &file{path: path}
	count := func() int {
		spans, err := f.Spans(t.Context(), Query{})
		require.NoError(t, err)
		return len(spans)
	}
	write(line(0) + line(1) + "{")
	require.Equal(t, 2, count())
	require.Equal(t, 2, count(), "nothing comes twice")
	write(line(0) + line(1) + line(2))
	require.Equal(t, 3, count())
	write(line(3))
	require.Equal(t, 4, count(), "it is cut off: what was in it is kept")
	require.NoError(t, os.Rename(path, path+".1"))
	require.Equal(t, 4, count())
	write(line(4) + line(5) + line(6))
	require.Equal(t, 7, count(), "another file, which is longer")

	write(line(4) + line(5) + strings.Repeat(" ", 30) + line(6) + "no JSON\n")
	_, err := f.Spans(t.Context(), Query{})
	require.Error(t, err)
	require.NotErrorIs(t, err, ErrSource, "it may be mended")
	write(line(7))
	require.Equal(t, 1, count())
	write("no JSON\n")
	_, err = (&file{path: path}).Spans(t.Context(), Query{})
	require.ErrorIs(t, err, ErrSource)
	require.ErrorContains(t, err, "line 1")
}
