package dialect_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

const queue = `{"volumePercent": 40, "mostPercent": 68, "safePercent": 46, "memoryPercent": 25, "unbounded": 1000000, "least": 1000, "span": 900}`

// source gives what dialects.yaml holds: rows that begin at versions, with what
// a row must have.
func source(more string, versions ...string) []byte {
	rows := make([]string, len(versions))
	for i, version := range versions {
		rows[i] = fmt.Sprintf(`{"from": %q, "auto": "native", "deliveries": ["native"], "operator": {"apiVersion": "v1", "kind": "A"}, "source": "s"%s}`, version, more)
	}
	return fmt.Appendf(nil, `{"queue": %s, "dialects": [%s]}`, queue, strings.Join(rows, ","))
}

func complete(t *testing.T, data []byte) *dialect.Table {
	t.Helper()
	table, err := dialect.Complete(data)
	require.NoError(t, err)
	return table
}

func load(t *testing.T) *dialect.Table {
	t.Helper()
	table, err := dialect.Load()
	require.NoError(t, err)
	return table
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		version, minor string
		patch          bool
	}{
		"1.26.2":          {"1.26.2", "1.26", true},
		"v1.26":           {"1.26.0", "1.26", false},
		"1.26.0-rc.1":     {"1.26.0", "1.26", true},
		"1.26-alpha.0abc": {"1.26.0", "1.26", false},
		"9999.0.0":        {"9999.0.0", "9999.0", true},
	} {
		v, err := dialect.ParseVersion(text)
		require.NoError(t, err, text)
		assert.Equal(t, want.version, v.String(), text)
		assert.Equal(t, want.minor, v.Minor(), text)
		assert.Equal(t, want.patch, v.HasPatch(), text)
	}
	for _, text := range []string{"", "1", "v", "1.26.", "1.026", "01.26", "1.26.2.3", "1.26.2+build", "1.10000", " 1.26", "1.26\n", "1.x"} {
		v, err := dialect.ParseVersion(text)
		require.ErrorContains(t, err, "is no version of Istio", text)
		assert.Equal(t, "unknown", v.String())
		assert.Equal(t, "unknown", v.Minor())
		assert.False(t, v.Known())
	}
}

func version(t *testing.T, text string) dialect.Version {
	t.Helper()
	if text == "" {
		return dialect.Version{}
	}
	v, err := dialect.ParseVersion(text)
	require.NoError(t, err)
	return v
}

func TestLess(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{{"1.4", "1.16.0", "1.16.1-rc.0", "1.16.2", "1.30.0", "2.0"}} {
		for i, a := range order {
			for j, b := range order {
				assert.Equal(t, i < j, version(t, a).Less(version(t, b)), "%s < %s", a, b)
			}
			assert.False(t, version(t, a).Less(dialect.Version{}), "unknown is not new")
			assert.False(t, dialect.Version{}.Less(version(t, a)), "unknown is not old")
		}
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	table := complete(t, source("", "1.15.0", "1.16.0", "1.16.1", "1.17.0"))
	for text, want := range map[string]struct {
		state dialect.State
		row   string
		ahead uint64
	}{
		"0.9":         {dialect.Older, "", 0},
		"1.14.9":      {dialect.Older, "", 0},
		"1.15":        {dialect.OK, "1.15.0", 0},
		"1.15.7":      {dialect.OK, "1.15.0", 0},
		"1.16":        {dialect.NeedsPatch, "", 0},
		"1.16.0":      {dialect.OK, "1.16.0", 0},
		"1.16.1-rc.1": {dialect.OK, "1.16.1", 0},
		"1.16.9":      {dialect.OK, "1.16.1", 0},
		"1.17":        {dialect.OK, "1.17.0", 0},
		"1.17.99":     {dialect.OK, "1.17.0", 0},
		"1.18":        {dialect.Newer, "1.17.0", 1},
		"1.20.3":      {dialect.Newer, "1.17.0", 3},
		"2.0":         {dialect.Newer, "", 0},
	} {
		got := table.For(version(t, text))
		assert.Equal(t, want.state, got.State, text)
		assert.Equal(t, want.ahead, got.Ahead, text)
		if want.row == "" {
			assert.Nil(t, got.Row, text)
		} else if assert.NotNil(t, got.Row, text) {
			assert.Equal(t, want.row, got.Row.From.String(), text)
		}
	}
	for text, want := range map[string]string{
		"": "1.17.0", "1.3.1": "1.15.0", "1.16.0": "1.16.0", "1.16.1": "1.16.1", "1.40.0": "1.17.0", "2.0.0": "1.17.0",
	} {
		assert.Equal(t, want, table.Nearest(version(t, text)).From.String(), text)
	}
}

// TestChartKnowsItsRows: each version that begins a row gets it.
func TestChartKnowsItsRows(t *testing.T) {
	t.Parallel()
	for _, row := range load(t).Rows() {
		assert.Same(t, row, load(t).For(row.From).Row)
		assert.Same(t, row, load(t).Nearest(row.From))
		assert.Equal(t, row.Minor, row.Subject()["minor"])
		encoded, err := json.Marshal(row)
		require.NoError(t, err)
		subject, err := json.Marshal(row.Subject())
		require.NoError(t, err)
		assert.JSONEq(t, string(encoded), string(subject))
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	table := load(t)
	newest := table.Newest().Minor
	for name, c := range map[string]struct {
		can          dialect.Capability
		since, until string
	}{
		"any":       {dialect.Any, "1.4", newest},
		"otlp":      {dialect.OTLP, "1.16.1", newest},
		"native":    {dialect.Delivers("native"), "1.4", "1.14"},
		"direct":    {dialect.Delivers("direct"), "1.26", newest},
		"collector": {dialect.Delivers("collector"), "1.4", newest},
		"zipkin":    {func(r *dialect.Row) bool { return r.Receiver == "zipkin" }, "1.15", "1.16.0"},
		"legacy":    {dialect.Takes("legacyValues"), "1.4", "1.5"},
	} {
		since, until := table.Range(c.can)
		assert.Equal(t, c.since, since, name)
		assert.Equal(t, c.until, until, name)
	}
	assert.Equal(t, "1.16.1", table.Since(dialect.OTLP).String())
	assert.False(t, table.Since(dialect.Delivers("pigeon")).Known())
}

func TestCompleteRefuses(t *testing.T) {
	t.Parallel()
	one := string(source("", "1.4.0"))
	for name, c := range map[string]struct {
		data string
		says []string
	}{
		"no file":         {``, []string{"EOF"}},
		"cut short":       {one[:len(one)/2], []string{"unexpected EOF"}},
		"no dialects":     {`{"queue": ` + queue + `, "dialects": []}`, []string{"no dialects"}},
		"an unknown key":  {string(source(`, "recover": "otlp"`, "1.4.0")), []string{`dialect 1: json: unknown field "recover"`}},
		"no from":         {strings.Replace(one, `"from"`, `"minor"`, 1), []string{"dialect 1: no from"}},
		"no patch":        {string(source("", "1.4")), []string{`dialect 1: "1.4" has no patch`}},
		"a number":        {strings.Replace(one, `"1.4.0"`, `1.4`, 1), []string{"dialect 1: "}},
		"another auto":    {strings.Replace(one, `"auto": "native"`, `"auto": "direct"`, 1), []string{`1.4.0: auto "direct" is none of the deliveries`}},
		"no operator":     {strings.Replace(one, `"kind": "A"`, `"kind": ""`, 1), []string{"1.4.0: operator lacks its apiVersion or kind"}},
		"all at once":     {strings.NewReplacer(`"auto": "native"`, `"auto": ""`, `"source": "s"`, `"source": ""`, `: 900`, `: 0`, `"least": 1000, `, ``).Replace(one), []string{`auto "" is`, "no source", "queue: span is no number above zero", "queue: least is no number"}},
		"queue of text":   {strings.Replace(one, `: 900`, `: "900"`, 1), []string{"queue.span"}},
		"an unknown fact": {strings.Replace(one, `"span"`, `"spans"`, 1), []string{`unknown field "spans"`}},
		"a late start":    {string(source("", "1.4.2")), []string{"1.4.2: the oldest minor has no row for its first patches"}},
		"out of order":    {string(source("", "1.5.0", "1.4.0")), []string{"1.4.0: the row after 1.5.0 is out of order or leaves a gap"}},
		"patches":         {string(source("", "1.5.0", "1.5.2", "1.5.1")), []string{"1.5.1: the row after 1.5.2 is out of order"}},
		"a gap":           {string(source("", "1.4.0", "1.6.0")), []string{"1.6.0: the row after 1.4.0 is out of order or leaves a gap"}},
		"a later start":   {string(source("", "1.4.0", "1.5.1")), []string{"leaves a gap"}},
		"another major":   {string(source("", "1.4.0", "2.5.0")), []string{"leaves a gap"}},
		"the same twice":  {string(source("", "1.4.0", "1.4.0")), []string{"out of order"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := dialect.Complete([]byte(c.data))
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
}

// TestReadRefusesWhatIsNotGenerated: a reader must find every key, and every
// row.
func TestReadRefusesWhatIsNotGenerated(t *testing.T) {
	t.Parallel()
	whole, err := complete(t, source("", "1.4.0", "1.5.0")).JSON()
	require.NoError(t, err)
	_, err = dialect.Read(whole)
	require.NoError(t, err)
	for name, data := range map[string]string{
		"a key less":   strings.Replace(string(whole), `"receiver":"",`, "", 1),
		"a row less":   string(whole[:strings.Index(string(whole), ",\n")]) + "\n]}\n",
		"not complete": string(source("", "1.4.0")),
	} {
		_, err := dialect.Read([]byte(data))
		assert.ErrorContains(t, err, "files/dialects.json: cut short or changed by hand: run `make generate`", name)
	}
	_, err = dialect.Read(whole[:100])
	assert.ErrorContains(t, err, "files/dialects.json: ")
}

// TestNothingElseReadsTheTable: whoever asks what an Istio understands asks
// this package. Templates, which cannot, have the same file.
func TestNothingElseReadsTheTable(t *testing.T) {
	t.Parallel()
	const root = "../.."
	var readers []string
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root:
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || filepath.Base(path) == "dialect_test.go":
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(source)) {
			if code, _, _ := strings.Cut(line, "//"); strings.Contains(code, "dialects.json") {
				readers = append(readers, path)
			}
		}
		return nil
	}))
	assert.Equal(t, []string{
		"../../internal/dialect/table.go",
		"../../internal/rules/helm_test.go", // damages it
		"../../test/e2e/support/page.go",    // names its minors, in a module that imports none of these
	}, readers)
}
