package faults

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

const folder = "../results"

// TestPageIsTheResults fails where docs/reliability.md says other than the run.
func TestPageIsTheResults(t *testing.T) {
	t.Parallel()
	want, err := Page(folder)
	require.NoError(t, err)
	kept, err := os.ReadFile(filepath.Join("../../..", PageFile))
	require.NoError(t, err)
	assert.Equal(t, want, string(kept), "run: go -C test/e2e run ./faults/cmd/table")
}

// TestPageHasScaleOnceMeasured writes the page of results with and without scale.json.
func TestPageHasScaleOnceMeasured(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	here, err := filepath.Abs("../../..")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "test/e2e"), 0o700))
	for _, part := range []string{
		"examples", "test/offline", "test/conformance", "test/e2e/items_quick_test.go", "test/e2e/items_slow_test.go",
	} {
		require.NoError(t, os.Symlink(filepath.Join(here, part), filepath.Join(root, part)))
	}
	results := filepath.Join(root, "test/e2e/results")
	require.NoError(t, os.CopyFS(results, os.DirFS(folder)))
	file := filepath.Join(results, "scale.json")
	require.NoError(t, os.RemoveAll(file))
	section := func() string {
		text, err := Page(results)
		require.NoError(t, err)
		_, after, found := strings.Cut(text, "### Collectors added and removed under load\n")
		require.True(t, found)
		section, _, _ := strings.Cut(after, "\n### ")
		for line := range strings.Lines(section) {
			assert.LessOrEqual(t, len(line), 121, line)
		}
		return section
	}
	assert.Contains(t, section(), "\nNot measured yet: `make e2e SUITE=load`.\n")
	require.NoError(t, load.Scaled{
		Setup: measured.Setup{Commit: "abc", At: "2026-11-29 07:15", Chart: "old"},
		Tried: []load.Tried{
			{PerSecond: 1000, Reached: 1000, Idle: 0.4},
			{PerSecond: 2000, Reached: 1500, Idle: 0.1, Refused: 5},
		},
		Rate: load.Tried{PerSecond: 1000, Idle: 0.4}, Idle: 0.21, Seconds: 421, Away: 210, Taken: 500000, Delivered: 500001,
	}.Keep(file))
	said := strings.Join(strings.Fields(section()), " ")
	assert.NotContains(t, said, "Not measured")
	assert.Contains(t, said, "1000 spans/s (40 % idle), 2000 spans/s (10 % idle, 5 refused, only 1500 spans/s reached).")
	assert.Contains(t, said, "1000 spans/s, for 421 s, of which the satellite was away for 210 s; 21 % of the machine was idle.")
	assert.Contains(t, said, "500000. Delivered, each counted once: 500001. Refused: 0. Measured with: - All: ")
	assert.Contains(t, said, "**Older than this tree**")
}

// TestResultsAreAsTheTableSays fails where a fault did not end as the table says.
// One that was not run yet is named by the page.
func TestResultsAreAsTheTableSays(t *testing.T) {
	t.Parallel()
	table := Table()
	for _, delivery := range []Delivery{Collector, Direct} {
		rows, err := Read(File(folder, delivery))
		require.NoError(t, err)
		require.NotEmpty(t, rows)
		for _, row := range rows {
			i := slices.IndexFunc(table, func(f Fault) bool { return f.ID == row.Fault })
			require.GreaterOrEqual(t, i, 0, row.Fault)
			assert.NoError(t, row.Judge(table[i]), "%s: %s", delivery, row.Fault)
		}
	}
}

func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, f := range Table() {
		assert.False(t, ids[f.ID], "%s is there twice", f.ID)
		ids[f.ID] = true
		assert.NotEmpty(t, f.Title, f.ID)
		assert.NotNil(t, f.Cause, f.ID)
		assert.NotEmpty(t, f.Bounds, f.ID)
		for delivery, bound := range f.Bounds {
			if bound != none {
				assert.NotEmpty(t, bound.Why, "%s: %s may lose spans and does not say why", delivery, f.ID)
			}
			if delivery == Collector && bound != none {
				told := f.Told[Collector]
				assert.True(t, slices.ContainsFunc(told, func(s Sign) bool { return s.Container == "" }), "%s loses spans and no metric tells", f.ID)
				assert.True(t, slices.ContainsFunc(told, func(s Sign) bool { return s.Container != "" }), "%s loses spans and no log tells", f.ID)
			}
		}
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for _, numbers := range [][]int{{1}, {1, 2, 3}, {1, 3, 4, 16, 17, 31}, nil} {
		back, err := numbersOf(ranges(numbers))
		require.NoError(t, err)
		assert.Equal(t, numbers, back)
	}
	assert.Equal(t, "1-3 f 11-12", ranges([]int{1, 2, 3, 15, 17, 18}))
	_, err := numbersOf("1-x")
	assert.Error(t, err)
}

// books is a ledger of two spans a request, and spans for it.
func books(ids ...string) (*ledger, []spantest.RecordedSpan) {
	l := newLedger("aaaaaaaaaaaaaaaa", []bookinfo.Part{{Name: "a"}, {Name: "b"}})
	var record []spantest.RecordedSpan
	for i := 0; i < len(ids); i += 2 {
		record = append(record, spantest.RecordedSpan{TraceID: l.prefix + "000000000000000" + ids[i], ID: ids[i+1], Name: ids[i+1]})
	}
	return l, record
}

func TestLedgerCountsEachSpanOnce(t *testing.T) {
	t.Parallel()
	l, record := books("1", "a", "1", "b", "1", "b", "2", "a")
	record = append(record,
		spantest.RecordedSpan{TraceID: "bbbbbbbbbbbbbbbb0000000000000001", ID: "a"},
		spantest.RecordedSpan{TraceID: record[3].TraceID, ID: "again", Name: "a"})
	assert.Equal(t, 5, l.add(record, time.Now()))
	assert.Zero(t, l.add(record, time.Now()), "what was read is not read again")
	assert.Equal(t, 1, l.doubled)
	assert.Equal(t, 1, l.further, "a call that was made again stands for no other span")
	answered, failed := l.counts([]request{{}, {}, {}, {failure: "status 503"}})
	assert.Equal(t, map[int][]int{2: {1}, 1: {2}, 0: {3}}, answered)
	assert.Equal(t, []int{4}, failed)
	answered, unknown := l.counts([]request{{}, {partial: "Error fetching product details"}, {}})
	assert.Equal(t, map[int][]int{2: {1}, 0: {3}}, answered)
	assert.Equal(t, []int{2}, unknown, "nobody knows how many spans there were")
	assert.Equal(t, []string{"1 of   a", "2 of   b"}, l.lacking([]request{{}, {}, {}, {failure: "status 503"}}))
}

func TestSenderKnowsAnAnswerInPart(t *testing.T) {
	t.Parallel()
	answers := []string{"all of it", "<p>Error fetching product details</p>", "<p>the ratings service gave no rating</p>"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.ParseInt(r.Header.Get("traceparent")[19:35], 16, 32)
		if n > int64(len(answers)) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(answers[n-1]))
	}))
	defer server.Close()
	s := newSender(server.URL, "aaaaaaaaaaaaaaaa")
	for range len(answers) + 1 {
		s.send(t.Context())
	}
	s.under.Wait()
	var said []string
	for _, r := range s.all() {
		said = append(said, r.failure+r.partial)
	}
	assert.Equal(t, []string{"", "Error fetching product details", "the ratings service gave no rating", "status 503"}, said)
	assert.True(t, s.all()[0].whole())
	assert.False(t, s.all()[1].whole())
}

func TestRecoveryIsTheLastSpanLostOrLate(t *testing.T) {
	t.Parallel()
	over := time.Now()
	sent := []request{{at: over.Add(-20 * time.Second)}, {at: over.Add(time.Second)}, {at: over.Add(2 * time.Second)}}
	l, record := books("1", "a", "1", "b", "2", "a", "2", "b", "3", "a", "3", "b")

	l.add(record[:2], over.Add(4*time.Second)) // late
	l.add(record[2:], over.Add(5*time.Second)) // in time
	assert.Equal(t, 4*time.Second, l.recovered(sent, over))

	l, record = books("1", "a", "1", "b", "2", "a", "2", "b", "3", "a")
	l.add(record, over)
	assert.Equal(t, 2*time.Second, l.recovered(sent, over), "the third request lost a span")

	l, record = books("1", "a", "1", "b", "2", "a", "2", "b", "3", "a", "3", "b")
	l.add(record, over.Add(-15*time.Second))
	assert.Zero(t, l.recovered(sent, over))
}

func TestItFlowsOnceWhatWasSentAfterTheFaultIsWhole(t *testing.T) {
	t.Parallel()
	now := time.Now()
	over := now.Add(-time.Minute)
	l, record := books("1", "a", "1", "b", "2", "a", "2", "b", "3", "a", "3", "b", "4", "a", "4", "b", "5", "a", "5", "b")
	var sent []request
	for range 5 {
		sent = append(sent, request{at: now.Add(-onTheWay - time.Second)})
	}
	l.add(record[:9], now)
	assert.False(t, l.flows(sent, over, now), "the fifth lacks a span")
	l.add(record, now)
	assert.True(t, l.flows(sent, over, now))
	assert.False(t, l.flows(sent, now, now), "none of these was sent after the fault")
	assert.False(t, l.flows(nil, over, now))
}

func TestJudge(t *testing.T) {
	t.Parallel()
	fault := Fault{Bounds: map[Delivery]Bound{Collector: {Spans: 2}, Direct: {Some: true, Spans: 3}}}
	row := Row{Delivery: Collector, Requests: 2, Expected: 18, Delivered: 16}
	require.NoError(t, row.Judge(fault))
	row.Delivered = 15
	require.ErrorContains(t, row.Judge(fault), "3 of 18 spans were lost, 2 may be")
	row = Row{Delivery: Collector, Requests: 100, Partial: 1}
	require.NoError(t, row.Judge(fault))
	row.Partial = 2
	require.ErrorContains(t, row.Judge(fault), "2 of 100 requests were answered in part")
	row = Row{Delivery: Direct, Requests: 2, Expected: 18, Delivered: 15}
	require.NoError(t, row.Judge(fault))
	row.Delivered = 18
	require.ErrorContains(t, row.Judge(fault), "the fault did not happen")
	row.Delivered = 14
	require.ErrorContains(t, row.Judge(fault), "4 of 18 spans were lost, 3 may be")
	fault.Bounds[Direct] = mayLose(time.Second, "")
	row.Delivered, row.Recovered = 18, 181
	require.ErrorContains(t, row.Judge(fault), "until 181 s after the fault was over, 180 s may be")
	fault.Bounds[Direct] = some(time.Second, "")
	row.Delivered, row.Recovered = 15, 179
	require.NoError(t, row.Judge(fault))
	row = Row{Delivery: Collector, Requests: 2, Failed: 1, Failure: "status 503", Untold: []Sign{metric("otelcol_x")}}
	require.ErrorContains(t, row.Judge(fault), "1 of 2 requests failed, for example: status 503")
	assert.NotContains(t, row.Judge(Fault{Fails: map[Delivery]string{Collector: "it takes pods away"}}).Error(), "requests failed")
	require.ErrorContains(t, row.Judge(fault), "metric otelcol_x of the collectors does not rise")
}

func TestFiguresMustBeThoseOfTheTraces(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rows.json")
	row := Row{
		Fault: Table()[0].ID, Requests: 4, Failed: 1, Delivered: 20, Traces: map[int]string{9: "1-2", 2: "3"}, Unanswered: "4",
	}
	require.NoError(t, Keep(file, row))
	kept, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, []Row{row}, kept)

	row.Delivered = 27
	require.NoError(t, Keep(file, row))
	_, err = Read(file)
	assert.ErrorContains(t, err, "its traces are 3 with 20 spans, and it says 3 with 27")
}

// A fault may lose as many spans as its bound says and not one more, however soon it is
// over. A run sends more than that.
func TestEveryBoundCanBeBroken(t *testing.T) {
	t.Parallel()
	for _, fault := range Table() {
		for delivery, bound := range fault.Bounds {
			name := string(delivery) + "/" + fault.ID
			row := Row{Delivery: delivery, Requests: 10000, Expected: 90000}
			row.Delivered = row.Expected - bound.Spans
			require.NoError(t, row.Judge(fault), name)
			row.Delivered--
			require.ErrorContains(t, row.Judge(fault), "spans were lost", name)
			if bound == none {
				continue
			}
			assert.Less(t, bound.Spans, traffic(fault.Hold+max(fault.Patience, patience)), "%s: a run sends no more than may be lost", name)
			if bound.Within > 0 {
				row.Delivered, row.Recovered = row.Expected-bound.Spans, 3600
				require.ErrorContains(t, row.Judge(fault), "3600 s after the fault was over", name)
			}
		}
	}
	assert.Len(t, bookinfo.Mesh{RouterSpan: true}.Parts(Reviews), partsOf)
}
