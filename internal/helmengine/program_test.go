package helmengine

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallChart makes a chart of templates, by name.
func smallChart(t *testing.T, templates map[string]string) *Chart {
	t.Helper()
	files := fstest.MapFS{
		"Chart.yaml":  {Data: []byte("apiVersion: v2\nname: small\nversion: 1.0.0\nappVersion: '7'\n")},
		"values.yaml": {Data: []byte("text: \"a'\\\"<b>\\nc: {d}\"\nnumber: 1000650000\nlist: [1, two, null]\ntable: {y: 1.5, x: [], \"n\": {}}\n")},
		"files/a.txt": {Data: []byte("a file\n")},
	}
	for name, text := range templates {
		files["templates/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := Load(files)
	require.NoError(t, err)
	return c
}

// Every function that we define, and what the engine itself does, must give what
// Helm's gives: text, or the very same error.
func TestProgramsAsHelm(t *testing.T) {
	for name, template := range map[string]string{
		"toYaml":                  `{{ toYaml .Values }}|{{ toYaml .Values.list }}|{{ toYaml .Values.number }}|{{ toYaml "" }}|{{ toYaml (dict) }}`,
		"toYaml not":              `{{ toJson .Release }}`,
		"toJson":                  `{{ toJson .Values }}|{{ toJson nil }}|{{ toJson .Values.number }}`,
		"fromYaml":                `{{ fromYaml "a: [1, 0x10, yes]" | toJson }}|{{ fromYaml "- a" | toJson }}|{{ fromYaml "" | toJson }}`,
		"fromYamlArray":           `{{ fromYamlArray "[1, a]" | toJson }}|{{ fromYamlArray "a: b" | toJson }}`,
		"fromJson":                `{{ fromJson "{\"a\":1}" | toJson }}|{{ fromJson "[" | toJson }}`,
		"fromJsonArray":           `{{ fromJsonArray "[1]" | toJson }}|{{ fromJsonArray "{" | toJson }}`,
		"no value":                `a{{ .Values.absent }}b{{ .Values.table.absent }}cd{{ .absent }}`,
		"no value deep":           `{{ .Values.absent.deeper }}`,
		"chart":                   `{{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.AppVersion }} {{ .Chart.IsRoot }} {{ .Chart.Type }} {{ len .Chart.Keywords }}`,
		"release":                 `{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ .Release.Revision }} {{ .Release.Service }}`,
		"capabilities":            `{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has "apps/v1" }}`,
		"template":                `{{ .Template.Name }} {{ .Template.BasePath }}`,
		"files":                   `{{ .Files.Get "files/a.txt" }}|{{ .Files.Get "values.yaml" }}|{{ .Files.Get "templates/x.yaml" }}`,
		"values are a map":        `{{ kindOf .Values }} {{ hasKey .Values "text" }} {{ keys .Values | sortAlpha }} {{ len .Subcharts }}`,
		"lookup":                  `{{ lookup "v1" "Pod" "a" "b" | toJson }} {{ kindOf (lookup "v1" "Pod" "" "") }}`,
		"include":                 `{{ include "partial" .Values.text }}|{{ include "partial" . | nindent 2 }}`,
		"include nothing":         `{{ include "absent" . }}`,
		"fail":                    `{{ fail "\n\nline one: x\n\tline two" }}`,
		"fail in a partial":       `{{ include "failing" . }}`,
		"include for ever":        `{{ include "endless" . }}`,
		"sprig":                   `{{ .Values.text | quote | b64enc | sha256sum }} {{ semverCompare ">=1.30-0" "v1.34.0" }} {{ toRawJson "<" }} {{ regexFind "a.*" "xay" }}`,
		"regular expression":      `{{ regexMatch "^a.c$" "abc" }} {{ regexMatch "[" "abc" }} {{ regexReplaceAll "(a)(b)" "xabab" "${2}$1" }} {{ regexReplaceAll "(a)(b)" "y" "z" }}`,
		"version":                 `{{ semverCompare ">=1.30-0" "v1.34.0" }} {{ semverCompare ">=1.30-0" "1.29.9" }} {{ semverCompare "^1" "2.0.0-rc.1" }}`,
		"version that is none":    `{{ semverCompare ">=1.30-0" "new" }}`,
		"constraint that is none": `{{ semverCompare "new!" "1.0.0" }}`,
		"json again":              `{{ $v := fromJson (toJson .Values) }}{{ kindOf $v.number }} {{ $_ := set $v.table "y" 2 }}{{ toJson $v }}{{ toJson .Values }}`,
		"json again, odd":         `{{ fromJson (toJson (dict "a" "\xff" "\xff" 1 "big" 9007199254740993 "small" -0.0)) | toJson }}|{{ fromJson (toJson (list 1)) | toJson }}|{{ fromJson (toJson nil) | toJson }}|{{ fromJson (toJson (dict "f" .Files)) | kindOf }}`,
		"literals":                `{{ range list 1 2 }}{{ $l := list "a" 1 nil (list 1.5) }}{{ $m := append $l . }}{{ $n := prepend $l . }}{{ toJson (list $l $m $n (without $l "a") (reverse $l)) }}{{ end }}`,
		"literals in maps":        `{{ range list 1 2 }}{{ get (dict "a" 1 "b" (list "x")) "b" }}{{ get (dict "a" 1) "c" }}{{ hasKey (dict "a" nil) "a" }}{{ set (dict "a" 1) "b" . | toJson }}{{ end }}{{ get (dict "a") "a" }}`,
		"the same":                `{{ range $a := list "" "1" 1 1.0 true nil (list) (dict) }}{{ range $b := list "" "1" 1 1.0 true nil (list) (dict) }}{{ deepEqual $a $b }}{{ has $a (list $b) }}{{ end }}{{ end }}{{ has 1 nil }}{{ has "a" (splitList "," "a,b") }}`,
		"has in what is no list":  `{{ has 1 "text" }}`,
		"order of a range":        `{{ range $k, $v := .Values }}{{ $k }}={{ $v }};{{ end }}{{ range $i, $v := splitList "," "b,a" }}{{ $i }}{{ $v }}{{ else }}none{{ end }}{{ range dict }}{{ else }}none{{ end }}`,
		"range over text":         `{{ range "text" }}{{ end }}`,
		"wrong arguments":         `{{ index .Values.list 9 }}`,
		"wrong type":              `{{ .Values.text.deeper }}`,
		"function that ends":      `{{ first 5 }}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := smallChart(t, map[string]string{
				"x.yaml": template,
				"_partials.tpl": `{{ define "partial" }}[{{ kindOf . }}]{{ end }}{{ define "failing" }}{{ fail "why" }}{{ end }}` +
					`{{ define "endless" }}{{ include "endless" . }}{{ end }}`,
			})
			in := input(t, c, nil)
			want, wantErr := ByHelm(c, in)
			got, err := c.execute(t.Context(), in, c.programs.documents...)
			if wantErr != nil {
				if name == "include for ever" {
					assert.ErrorContains(t, wantErr, "nested reference")
					assert.ErrorContains(t, err, "includes itself more than 1000 times")
					return
				}
				assert.EqualError(t, err, wantErr.Error())
				return
			}
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

// What a template made of the root may be given again only as long as it would
// make the same.
func TestIncludesAgainAsHelm(t *testing.T) {
	const again = `{{ include "asked" . }}|`
	for name, test := range map[string]struct{ asked, template string }{
		"nothing changed":        {`{{ .Values.text }}`, again + again},
		"value set":              {`{{ .Values.a }}`, again + `{{ $_ := set .Values "a" 1 }}` + again},
		"value unset":            {`{{ .Values.text }}`, again + `{{ $_ := unset .Values "text" }}` + again},
		"deeper value set":       {`{{ .Values.table.y }}`, again + `{{ $_ := set .Values.table "y" 2 }}` + again},
		"sets for others":        {`{{ $_ := set .Values "a" (add1 .Values.a) }}{{ .Values.a }}`, again + again + `{{ .Values.a }}`},
		"sets, then includes":    {`{{ $_ := set .Values "a" (add1 .Values.a) }}{{ include "told" . }}`, again + again},
		"includes one that sets": {`{{ include "adds" . }}{{ .Values.a }}`, again + again + `{{ .Values.a }}`},
		"includes, then sets":    {`{{ include "told" . }}{{ $_ := set .Values "a" 7 }}{{ include "told" . }}`, again + again},
		"not the root":           {`{{ .Values.a }}`, again + `{{ include "asked" (dict "Values" (dict "a" 5)) }}` + again},
		"from within a range":    {`{{ kindOf . }}`, again + `{{ range list 1 "a" }}{{ include "asked" . }}{{ include "asked" $ }}{{ end }}`},
		"a copy of the root":     {`{{ .Values.a }}`, again + `{{ include "asked" (set (omit . "Values") "Values" dict) }}`},
		"by field":               {`{{ .Template.Name }}`, again},
		"by index":               {`{{ index . "Template" "Name" }}`, again},
	} {
		t.Run(name, func(t *testing.T) {
			c := smallChart(t, map[string]string{
				"x.yaml": test.template, "y.yaml": test.template,
				"_partials.tpl": `{{ define "asked" }}` + test.asked + `{{ end }}` +
					`{{ define "told" }}{{ .Values.a }}{{ end }}{{ define "adds" }}{{ $_ := set .Values "a" (add1 .Values.a) }}{{ end }}`,
			})
			want, err := ByHelm(c, input(t, c, map[string]any{"a": 0}))
			require.NoError(t, err)
			for range 2 { // the second by a program that was used before
				got, err := c.execute(t.Context(), input(t, c, map[string]any{"a": 0}), c.programs.documents...)
				require.NoError(t, err)
				assert.Equal(t, want, got)
			}
		})
	}
}

// Nothing of one render is seen by the next: not what was included, not what it
// was made of.
func TestProgramsForget(t *testing.T) {
	c := smallChart(t, map[string]string{"x.yaml": `{{ define "name" }}{{ .Values.name }}{{ end }}{{ include "name" . }}`})
	for _, name := range []string{"one", "two", "one"} {
		files, err := c.execute(t.Context(), input(t, c, map[string]any{"name": name}), c.programs.documents...)
		require.NoError(t, err)
		assert.Equal(t, name, files["small/templates/x.yaml"])
	}
}

// The cluster may have changed since it was asked.
func TestLookupIsAskedEachTime(t *testing.T) {
	c := smallChart(t, map[string]string{"x.yaml": `{{ define "found" }}{{ (lookup "v1" "Pod" "a" "b").n }}{{ end }}{{ include "found" . }}{{ include "found" . }}`})
	in, n := input(t, c, nil), 0
	in.Lookup = func(string, string, string, string) (map[string]any, error) {
		n++
		return map[string]any{"n": n}, nil
	}
	files, err := c.execute(t.Context(), in, c.programs.documents...)
	require.NoError(t, err)
	assert.Equal(t, "12", files["small/templates/x.yaml"])
}

// A program that ended in an error is used again.
func TestProgramsAfterAnError(t *testing.T) {
	c := smallChart(t, map[string]string{"x.yaml": `{{ define "again" }}{{ if lt (int .n) 900 }}{{ include "again" (dict "n" (add1 .n)) }}{{ else }}{{ .stop | default "" | fail }}{{ end }}{{ end }}` +
		`{{ if .Values.fail }}{{ include "again" (dict "n" 0) }}{{ else }}a: ok{{ end }}`})
	for range 3 {
		_, err := c.Render(t.Context(), input(t, c, map[string]any{"fail": true}))
		require.ErrorContains(t, err, "execution error at (small/templates/x.yaml")
		out, err := c.Render(t.Context(), input(t, c, nil))
		require.NoError(t, err)
		assert.Equal(t, "a: ok", out[0].Content)
	}
}

func TestLoadRefusesTemplates(t *testing.T) {
	for text, want := range map[string]string{
		`{{ if }}`:                  "missing value for if",
		`{{ now }}`:                 `function "now" not defined`,
		`{{ env "HOME" }}`:          `function "env" not defined`,
		`{{ getHostByName "a.b" }}`: `function "getHostByName" not defined`,
		`{{ randAlpha 5 }}`:         `function "randAlpha" not defined`,
		`{{ merge .a .b }}`:         `function "merge" not defined`,
		`{{ template "a" }}`:        "this action is not supported",
		`{{ print 1 }}`:             "the function print is not supported",
	} {
		_, err := Load(fstest.MapFS{
			"Chart.yaml":       {Data: []byte("apiVersion: v2\nname: small\nversion: 1.0.0\n")},
			"templates/x.yaml": {Data: []byte(text)},
		})
		require.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "small/templates/x.yaml:1")
	}
}

// The order in which templates run decides which of two failures is told.
func TestExecutionOrderAsHelm(t *testing.T) {
	names := []string{"a.yaml", "b/a.yaml", "b/z.yaml", "c/d/a.yaml", "z.yaml", "z/a.yaml"}
	templates := map[string]string{}
	for _, name := range names {
		templates[name] = `{{ if not (hasKey .Values "done") }}{{ $_ := set .Values "done" list }}{{ end }}{{ $_ := set .Values "done" (append .Values.done "` + name + `") }}{{ join " " .Values.done }}`
	}
	c := smallChart(t, templates)
	want, err := ByHelm(c, input(t, c, nil))
	require.NoError(t, err)
	got, err := c.execute(t.Context(), input(t, c, nil), c.programs.documents...)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, "c/d/a.yaml z/a.yaml b/z.yaml b/a.yaml z.yaml a.yaml", strings.TrimSpace(got["small/templates/a.yaml"]))
}

// The real chart with its defaults, which are refused, and with each of the
// examples: the very text, or the very message.
func TestChartAsHelm(t *testing.T) {
	c, err := Load(os.DirFS("../../charts/istio-lightstep"))
	require.NoError(t, err)
	in := input(t, c, map[string]any{"istio": map[string]any{"version": "1.26.0"}})
	_, wantErr := ByHelm(c, in)
	require.Error(t, wantErr)
	_, err = c.Render(t.Context(), in)
	assert.EqualError(t, err, wantErr.Error())

	in = input(t, c, map[string]any{
		"istio":  map[string]any{"version": "1.26.0"},
		"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{"address": "ingest.lightstep.com:443", "accessToken": "abc"}}},
	})
	want, err := ByHelm(c, in)
	require.NoError(t, err)
	got, err := c.execute(t.Context(), in, c.programs.documents...)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}
