package values

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

const (
	tokenPath = "global.tracer.lightstep.accessToken"
	token     = "TOKENmarker0123456789"
)

// public are the paths whose values the tests look for.
var public, _ = redact.NewPublic([]any{
	"values.global.tracer.lightstep.address", "values.istio", "values.gateways", "values.list", "values.collector.nodeSelector",
	"values.other", "values.more", "values.ref", "values.twice", "values.a",
})

// read reads sources that can be read.
func read(tb testing.TB, sources ...Source) *Values {
	tb.Helper()
	v, err := Read(public, sources...)
	require.NoError(tb, err)
	return v
}

// lines gives problems as text, one a line.
func lines(problems []problem.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%s %s %s:%d:%d %s: %s", p.Severity, p.ID, p.File, p.Line, p.Column, p.Path, p.Reason))
	}
	return out
}

func TestReadOrderIsHelms(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.crt")
	require.NoError(t, os.WriteFile(file, []byte("PEM\n"), 0o600))
	// Each key names the source that must win; given in the reverse order.
	v := read(t,
		SetLiteral("literal=literal,{x}"),
		SetFile("file="+file+",literal="+file),
		SetString("string=1,file=2,literal=3"),
		Set("set=1,string=2,file=3,literal=4"),
		SetJSON(`json={"a":[1.5]},set="no",string="no"`),
		Bytes("first", []byte("files: {a: 1, b: 1}\nlist: [1, 2]\njson: {b: 1}\n")),
		Reader("second", strings.NewReader("files: {b: 2}\nlist: [3]\n")),
	)
	require.Empty(t, v.Problems(true))
	assert.Equal(t, map[string]any{
		"files":   map[string]any{"a": 1.0, "b": 2.0},
		"list":    []any{3.0},
		"json":    map[string]any{"a": []any{1.5}},
		"set":     int64(1),
		"string":  "1",
		"file":    "PEM\n",
		"literal": "literal,{x}",
	}, v.User())
}

// What Helm's decoder makes of a file is what Read makes of it.
func TestReadDecodesAsHelm(t *testing.T) {
	for name, text := range map[string]string{
		"numbers":       "a: 5\nb: 0123456\nc: 1.30\nd: 1e3\ne: 0x10\nf: 1_000\ng: 12345678901234567890",
		"booleans":      "a: yes\nb: Off\nc: y\nd: 'yes'\ny: 1\nn: 2",
		"nulls":         "a:\nb: ~\nc: null\nd: {e: }",
		"keys":          "1: a\n1.5: b\ntrue: c\n2001-01-01: d",
		"merge":         "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\nc:\n  x: 4\n  <<: *a",
		"duplicates":    "a: 1\nb: {c: 1, c: 2}\na: 3",
		"two documents": "a: 1\n---\na: 2",
		"empty":         "",
		"comment":       "# nothing\n",
		"null document": "---\n",
		"byte order":    "\ufeffa: 1",
		"text":          "a: |\n  x\n  y\nb: >\n  x\n  y\nc: \"\\u00e9\\n\"\nd: <&>",
		"binary":        "a: !!binary aGk=",
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]any{}
			require.NoError(t, yaml.Unmarshal([]byte(text), &want))
			v := read(t, Bytes("f", []byte(text)))
			require.False(t, problem.HasErrors(v.Problems(false)), lines(v.Problems(false)))
			if len(want) == 0 {
				assert.Empty(t, v.User())
				return
			}
			assert.Equal(t, want, v.User())
		})
	}
}

func TestProblems(t *testing.T) {
	utf16 := "\xff\xfea\x00:\x00 \x001\x00"
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'l'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, test := range map[string]struct {
		source Source
		want   []string // as a render has them
		strict bool     // errors only when strict
	}{
		"duplicate": {source: Bytes("f", []byte("x:\n  a: 1\n  b: 2\n  a: 3\n")), strict: true, want: []string{
			"LS-VALUES-DUPLICATE-KEY f:4:3 x.a: the key stands on lines 2 and 4: Helm takes one of them and says nothing",
		}},
		"three times, in a list": {source: Bytes("f", []byte("x:\n- {k.l: 1}\n- k.l: 1\n  k.l: 2\n  k.l: 3\n")), strict: true, want: []string{
			`LS-VALUES-DUPLICATE-KEY f:5:3 x[1].k\.l: the key stands on lines 3, 4 and 5: Helm takes one of them and says nothing`,
		}},
		"duplicate of null":            {source: Bytes("f", []byte("a:\na: 1\n")), strict: true, want: []string{"LS-VALUES-DUPLICATE-KEY f:2:1 a: the key stands on lines 1 and 2: Helm takes one of them and says nothing"}},
		"same key by another spelling": {source: Bytes("f", []byte("yes: 1\n\"true\": 2\n")), strict: true, want: []string{"LS-VALUES-DUPLICATE-KEY f:2:1 true: the key stands on lines 1 and 2: Helm takes one of them and says nothing"}},
		"other spellings of a number": {source: Bytes("f", []byte("1.5: 1\n01.50: 2\n0x10: 3\n1_6: 4\n'16': 5\n")), strict: true, want: []string{
			`LS-VALUES-DUPLICATE-KEY f:2:1 1\.5: the key stands on lines 1 and 2: Helm takes one of them and says nothing`,
			"LS-VALUES-DUPLICATE-KEY f:5:1 16: the key stands on lines 3, 4 and 5: Helm takes one of them and says nothing",
		}},
		"on many lines":               {source: Bytes("f", []byte(strings.Repeat("a: 1\n", 20))), strict: true, want: []string{"LS-VALUES-DUPLICATE-KEY f:20:1 a: the key stands on lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … and 20: Helm takes one of them and says nothing"}},
		"number and text":             {source: Bytes("f", []byte("x: {10: 1, '10': 2}")), strict: true, want: []string{"LS-VALUES-DUPLICATE-KEY f:1:12 x.10: the key stands on lines 1 and 1: Helm takes one of them and says nothing"}},
		"an overridden merge is none": {source: Bytes("f", []byte("a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n"))},
		"no duplicate in two items":   {source: Bytes("f", []byte("a: [{x: 1}, {x: 1}]\n8: 1\n"))},

		"keys that YAML changes": {source: Bytes("f", []byte("a: {no: {}, 0x10: {}, 1e3: {}, 'off': {}, \"0x11\": {}, 10: {}, true: 1}\nlist: [{on: 1}]\n")), strict: true, want: []string{
			"LS-VALUES-KEY f:1:5 a.false: YAML reads this key as a number or a boolean, and Helm renames it to what the path here shows",
			"LS-VALUES-KEY f:1:13 a.16: YAML reads this key as a number or a boolean, and Helm renames it to what the path here shows",
			"LS-VALUES-KEY f:1:23 a.1000: YAML reads this key as a number or a boolean, and Helm renames it to what the path here shows",
			"LS-VALUES-KEY f:2:9 list[0].true: YAML reads this key as a number or a boolean, and Helm renames it to what the path here shows",
		}},

		"second document":          {source: Bytes("f", []byte("a: 1\n---\n# c\nb: 2\n")), strict: true, want: []string{"LS-VALUES-SECOND-DOCUMENT f:4:1 : the file holds a second YAML document: Helm 3 ignores it, Helm 4 merges it"}},
		"everything in the second": {source: Bytes("f", []byte("---\n---\nb: 2\n")), strict: true, want: []string{"LS-VALUES-SECOND-DOCUMENT f:3:1 : the file holds a second YAML document: Helm 3 ignores it, Helm 4 merges it"}},
		"third after a null":       {source: Bytes("f", []byte("a: 1\n---\n---\nb: 2\n")), strict: true, want: []string{"LS-VALUES-SECOND-DOCUMENT f:4:1 : the file holds a second YAML document: Helm 3 ignores it, Helm 4 merges it"}},
		"no YAML after a null":     {source: Bytes("f", []byte("a: 1\n---\n---\nb: [\n")), strict: true, want: []string{"LS-VALUES-SECOND-DOCUMENT f:2:1 : the file holds a second YAML document: Helm 3 ignores it, Helm 4 merges it"}},
		"nulls alone":              {source: Bytes("f", []byte("a: 1\n---\n---\n~\n"))},
		"directive":                {source: Bytes("f", []byte("# c\n%YAML 1.1\n---\na: 1\n")), strict: true, want: []string{"LS-VALUES-DIRECTIVE f:2:1 : the file begins with a YAML directive (%): Helm 3 takes the file, Helm 4 refuses it"}},
		"a percent sign within":    {source: Bytes("f", []byte("a: |\n  %YAML\n"))},
		"deep maps":                {source: Bytes("f", []byte("a: 1\nb: "+strings.Repeat("{a: ", 9000)+"1"+strings.Repeat("}", 9000))), want: []string{"LS-VALUES-TOO-DEEP f:2:1 b: maps and lists are nested more than 1000 levels deep"}},
		"deep lists":               {source: Bytes("f", []byte("b: "+strings.Repeat("[", 2000)+strings.Repeat("]", 2000))), want: []string{"LS-VALUES-TOO-DEEP f:1:1 b: maps and lists are nested more than 1000 levels deep"}},
		"not too deep":             {source: Bytes("f", []byte("b: "+strings.Repeat("[", 900)+strings.Repeat("]", 900)))},
		"--set-json, deep maps":    {source: SetJSON("b=" + strings.Repeat("[", 2000) + strings.Repeat("]", 2000)), want: []string{"LS-VALUES-TOO-DEEP --set-json b=…:0:0 : maps and lists are nested more than 1000 levels deep"}},
		"second by end mark":       {source: Bytes("f", []byte("a: 1\n...\nb: 2\n")), strict: true, want: []string{"LS-VALUES-SECOND-DOCUMENT f:2:1 : the file holds a second YAML document: Helm 3 ignores it, Helm 4 merges it"}},
		"second is not YAML":       {source: Bytes("f", []byte("# c\n---\na: 1\n---\nb: [\n")), strict: true, want: []string{"LS-VALUES-SECOND-DOCUMENT f:4:1 : the file holds a second YAML document: Helm 3 ignores it, Helm 4 merges it"}},
		"empty second document":    {source: Bytes("f", []byte("---\na: 1\n---\n# nothing\n"))},
		"dashes in a value":        {source: Bytes("f", []byte("cacert:\n  pem: |\n    -----BEGIN\n"))},

		"UTF-16":        {source: Bytes("f", []byte(utf16)), strict: true, want: []string{"LS-VALUES-NOT-UTF8 f:0:0 : the file is UTF-16 text, which many tools do not read"}},
		"Latin-1":       {source: Bytes("f", []byte("a: 1\nb: é\xe9")), want: []string{"LS-VALUES-NOT-UTF8 f:2:5 : byte 0xe9 is not UTF-8 text"}},
		"a list":        {source: Bytes("f", []byte("# c\n- a\n")), want: []string{"LS-VALUES-NOT-A-MAP f:2:1 : the file holds a list and not keys with values"}},
		"a word":        {source: Bytes("f", []byte(token)), want: []string{"LS-VALUES-NOT-A-MAP f:1:1 : the file holds a string and not keys with values"}},
		"a number":      {source: Bytes("f", []byte("4711")), want: []string{"LS-VALUES-NOT-A-MAP f:1:1 : the file holds a number and not keys with values"}},
		"not a number":  {source: Bytes("f", []byte("a: .nan")), want: []string{"LS-VALUES-SYNTAX f:0:0 : the file holds .nan or .inf, which Helm cannot read"}},
		"null key":      {source: Bytes("f", []byte("a:\n  b: 1\n  ~: "+token)), want: []string{"LS-VALUES-SYNTAX f:3:3 : a key is null, a list or a map"}},
		"list as key":   {source: Bytes("f", []byte("a:\n  [x, y]: 1")), want: []string{"LS-VALUES-SYNTAX f:2:3 : a key is null, a list or a map"}},
		"tab":           {source: Bytes("f", []byte("a:\n\tb: 1\n")), want: []string{"LS-VALUES-SYNTAX f:2:1 : the file is not YAML that Helm can read: found character that cannot start any token"}},
		"indentation":   {source: Bytes("f", []byte("a:\n    b: 1\n   c: 2\n")), want: []string{"LS-VALUES-SYNTAX f:3:4 : the file is not YAML that Helm can read: did not find expected key"}},
		"first line":    {source: Bytes("f", []byte("a: b: c\n")), want: []string{"LS-VALUES-SYNTAX f:1:1 : the file is not YAML that Helm can read: mapping values are not allowed in this context"}},
		"open list":     {source: Bytes("f", []byte("a: 1\nb: [1,\nc: 2\n")), want: []string{"LS-VALUES-SYNTAX f:3:1 : the file is not YAML that Helm can read: did not find expected ',' or ']'"}},
		"open quote":    {source: Bytes("f", []byte("a: 1\nb: \""+token+"\n")), want: []string{"LS-VALUES-SYNTAX f:2:1 : the file is not YAML that Helm can read: found unexpected end of stream"}},
		"alias":         {source: Bytes("f", []byte("a: *"+token)), want: []string{"LS-VALUES-SYNTAX f:0:0 : an alias (*name) has no anchor (&name) before it"}},
		"tag":           {source: Bytes("f", []byte("a: !!int "+token)), want: []string{"LS-VALUES-SYNTAX f:0:0 : the file is not YAML that Helm can read"}},
		"bomb":          {source: Bytes("f", []byte(bomb)), want: []string{"LS-VALUES-ALIASES f:0:0 : the file's aliases (*name) expand to more than 10 MiB, or without end"}},
		"bomb of text":  {source: Bytes("f", []byte("a: &a "+strings.Repeat("x", 1<<20)+"\nb: ["+strings.Repeat("*a,", 100)+"]")), want: []string{"LS-VALUES-ALIASES f:0:0 : the file's aliases (*name) expand to more than 10 MiB, or without end"}},
		"alias of self": {source: Bytes("f", []byte("a: &a [*a]")), want: []string{"LS-VALUES-ALIASES f:0:0 : the file's aliases (*name) expand to more than 10 MiB, or without end"}},
		"a few aliases": {source: Bytes("f", []byte("a: &a {x: 1}\nb: [*a, *a]"))},

		"--set, no value":           {source: Set("a.b=1," + token), want: []string{"LS-VALUES-SET --set a.b=…:0:0 : a key has no value: write key=value, and mind that a comma starts the next key"}},
		"--set, only a token":       {source: Set(token), want: []string{"LS-VALUES-SET --set …:0:0 : a key has no value: write key=value, and mind that a comma starts the next key"}},
		"--set, index":              {source: Set("a[x]=" + token), want: []string{"LS-VALUES-SET --set a[x]=…:0:0 : a list index is not a number from 0 to 65536, followed by =, . or ["}},
		"--set, high index":         {source: Set("a[65536]=1,a[65535]=2,b[65535]=3"), want: []string{"LS-VALUES-SET --set a[65536]=…:0:0 : its list indexes are too high"}},
		"--set, open list":          {source: Set("a={" + token), want: []string{"LS-VALUES-SET --set a=…:0:0 : a list that starts with { has no }"}},
		"--set, deep":               {source: Set(strings.Repeat("a.", 31) + "a=1"), want: []string{"LS-VALUES-SET --set " + strings.Repeat("a.", 31) + "a=…:0:0 : its path is more than 30 keys deep"}},
		"--set-json, object":        {source: SetJSON(`{"collector":{"replicas":4}}`), want: []string{"LS-VALUES-SET --set-json …:0:0 : a whole JSON object without a key is accepted by Helm 4 and refused by Helm 3"}},
		"--set-json, object with =": {source: SetJSON(` {"a":"b=c"}`), want: []string{"LS-VALUES-SET --set-json …:0:0 : a whole JSON object without a key is accepted by Helm 4 and refused by Helm 3"}},
		"--set-json, cut object":    {source: SetJSON(`{"a":`), want: []string{"LS-VALUES-SET --set-json …:0:0 : a whole JSON object without a key is accepted by Helm 4 and refused by Helm 3"}},
		"--set-json":                {source: SetJSON("a={" + token), want: []string{"LS-VALUES-SET --set-json a=…:0:0 : Helm cannot read it"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := read(t, test.source)
			severity := func(s string) []string {
				var out []string
				for _, w := range test.want {
					out = append(out, s+" "+w)
				}
				return out
			}
			assert.Equal(t, severity("error"), lines(v.Problems(true)))
			if test.strict {
				assert.Equal(t, severity("warning"), lines(v.Problems(false)))
			} else {
				assert.Equal(t, severity("error"), lines(v.Problems(false)))
			}
			for _, p := range v.Problems(true) {
				assert.NotEmpty(t, p.Fix)
				assert.NotContains(t, fmt.Sprintf("%+v", p), token)
			}
		})
	}
}

func TestSetBelowAValue(t *testing.T) {
	v := read(t, Bytes("f", []byte("a: text")), Set("a.b=1"), Set("a[0]=1"))
	assert.Equal(t, []string{
		"error LS-VALUES-SET --set a.b=…:0:0 : it sets a key below a value that is no map, or an index of a value that is no list",
		"error LS-VALUES-SET --set a[0]=…:0:0 : it sets a key below a value that is no map, or an index of a value that is no list",
	}, lines(v.Problems(false)))
}

// A problem in one source does not hide those of the others.
func TestProblemsOfAllSources(t *testing.T) {
	v := read(t, Bytes("one", []byte("a: 1\na: 2")), Bytes("two", []byte("[")), Set("x"))
	var ids []string
	for _, p := range v.Problems(false) {
		ids = append(ids, p.ID)
	}
	assert.Equal(t, []string{"LS-VALUES-SYNTAX", "LS-VALUES-SET", "LS-VALUES-DUPLICATE-KEY"}, ids)
}

// endlessReader counts what is read of it.
type endlessReader struct{ read int }

func (r *endlessReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	r.read += len(p)
	return len(p), nil
}

func TestTooLarge(t *testing.T) {
	r := &endlessReader{}
	v := read(t, Reader("f", r))
	assert.Equal(t, []string{"error LS-VALUES-TOO-LARGE f:0:0 : holds more than 10 MiB"}, lines(v.Problems(false)))
	assert.Equal(t, Limit+1, r.read)

	v = read(t, Reader("f", io.LimitReader(&endlessReader{}, Limit)))
	assert.Empty(t, v.Problems(true), "exactly the limit is fine")

	large := filepath.Join(t.TempDir(), "large.pem")
	require.NoError(t, os.WriteFile(large, bytes.Repeat([]byte("x"), Limit+1), 0o600))
	v = read(t, SetFile("cacert.pem="+large))
	assert.Equal(t, []string{"error LS-VALUES-TOO-LARGE --set-file cacert.pem=…:0:0 : holds more than 10 MiB"}, lines(v.Problems(false)))
}

func TestSourceThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(public, File(filepath.Join(dir, "none.yaml")))
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "none.yaml")

	_, err = Read(public, File(dir))
	require.Error(t, err)

	_, err = Read(public, SetFile("cacert.pem="+filepath.Join(dir, "none.crt")))
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "none.crt")

	broken := errors.New("broken")
	_, err = Read(public, Reader("f", io.MultiReader(strings.NewReader("a: 1"), failing{broken})))
	require.ErrorIs(t, err, broken)

	// The secret itself, where a file was asked for.
	for _, expr := range []string{tokenPath + "=" + token, "cacert.pem=-----BEGIN PRIVATE KEY-----\n" + token} {
		_, err = Read(public, SetFile(expr))
		require.ErrorIs(t, err, fs.ErrNotExist)
		assert.NotContains(t, err.Error(), token)
		assert.Contains(t, err.Error(), "[redacted]")
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestFormatPrintsNoValue(t *testing.T) {
	v := read(t, Bytes("f", []byte("global: {tracer: {lightstep: {accessToken: "+token+"}}}")), Set("cacert.pem="+token))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		assert.Equal(t, "values of 2 sources", fmt.Sprintf(verb, v), verb)
		assert.NotContains(t, fmt.Sprintf(verb, struct{ V *Values }{v}), token)
	}
	assert.Equal(t, "no values", fmt.Sprint((*Values)(nil)))
}
