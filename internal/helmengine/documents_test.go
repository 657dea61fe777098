package helmengine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/releaseutil"
)

// helmDocuments is what Helm makes of the files: the reference for arrange.
func helmDocuments(files map[string]string) ([]Document, error) {
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	var documents []Document
	for _, m := range manifests {
		documents = append(documents, Document{Source: m.Name, Kind: m.Head.Kind, Content: m.Content})
	}
	for _, h := range hooks {
		documents = append(documents, Document{Source: h.Path, Kind: h.Kind, Content: h.Manifest, Hook: true})
	}
	return documents, nil
}

func TestArrangeAsHelm(t *testing.T) {
	files := map[string]string{"c/_partial.tpl": "kind: Ignored", "c/empty.yaml": " \n"}
	kinds := slices.Concat(releaseutil.InstallOrder, []string{"Telemetry", "ServiceEntry", "DestinationRule", "Zebra", "Antelope"})
	for i, kind := range kinds {
		// Each kind in two files, in one of them beside a hook.
		for j, annotation := range []string{"", `"helm.sh/hook": pre-install`} {
			name := fmt.Sprintf("c/templates/%02d-%d.yaml", (i*7)%len(kinds), j)
			files[name] = fmt.Sprintf("apiVersion: v1\nkind: %s\nmetadata:\n  name: a\n---\nkind: %s\nmetadata:\n  name: b\n  annotations:\n    %s\n---\napiVersion: v1\nkind: Secret\n",
				kind, kinds[len(kinds)-1-i], annotation)
		}
	}
	want, err := helmDocuments(files)
	require.NoError(t, err)
	got, err := arrange(files)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Len(t, got, 6*len(kinds))
}

func TestArrangeKinds(t *testing.T) {
	for name, text := range map[string]string{
		"plain":           "apiVersion: v1\nkind: Secret\n",
		"last line":       "apiVersion: v1\nkind: Secret",
		"comment":         "# a\nkind: Secret\n",
		"kind first":      "kind: Secret\napiVersion: v1\n",
		"quoted":          "apiVersion: v1\nkind: \"Secret\"\n",
		"commented":       "apiVersion: v1\nkind: Secret # not\n",
		"anchor":          "apiVersion: v1\nkind: &k Secret\n",
		"twice":           "apiVersion: v1\nkind: Secret\nkind: Pod\n",
		"longer key":      "apiVersion: v1\nkind: Secret\nkinds: x\n",
		"space and colon": "apiVersion: v1\nkind: Secret\nkind : Pod\n",
		"quoted twice":    "apiVersion: v1\nkind: Secret\n\"kind\": Pod\n",
		"flow":            "{apiVersion: v1,\nkind: Secret\n}",
		"none":            "apiVersion: v1\n",
		"deeper":          "apiVersion: v1\nspec:\n  kind: Pod\n",
		"in a text":       "apiVersion: v1\ndata: |\n  kind: Pod\nkind: Secret\n",
		"list":            "- kind: Secret\n",
		"null":            "apiVersion: v1\nkind: null\n",
		"number":          "apiVersion: v1\nkind: 5\n",
		"true":            "apiVersion: v1\nkind: FALSE\n",
		"two lines":       "apiVersion: v1\nkind: Secret\n  Secret\n",
		"question":        "kind: Secret\n? kind\n: Pod",
		"merge of text":   "kind: Secret\na:\n  <<: <<\n",
		"tagged twice":    "kind: Secret\n!!str kind: Pod",
		"in quotes":       "a: 'b\n\nkind: Secret\n\n  b'",
		"in quotes after": "kind: Secret\na: \"b\nkind: Secret\n\"",
		"word alone":      "Secret",
	} {
		files := map[string]string{"c/a.yaml": text}
		want, wantErr := helmDocuments(files)
		got, err := arrange(files)
		assert.Equal(t, wantErr != nil, err != nil, "%s: helm %v, we %v", name, wantErr, err)
		assert.Equal(t, want, got, name)
	}
}

// A hook is judged by what stands before its spec, unless what follows has a say.
func TestArrangeHooks(t *testing.T) {
	const hook = "kind: Pod\nmetadata:\n  annotations:\n    helm.sh/hook: test\nspec:\n"
	for name, text := range map[string]string{
		"plain":            hook + "  a: 1\n",
		"several events":   strings.Replace(hook, "test", "pre-delete, test", 1) + "  a: 1\n",
		"unknown event":    strings.Replace(hook, "test", "never", 1) + "  a: 1\n",
		"kind again":       hook + "  a: 1\nkind: Job\n",
		"metadata again":   hook + "  a: 1\nmetadata: {}\n",
		"metadata last":    "kind: Pod\nspec:\n  a: 1\nmetadata: {annotations: {helm.sh/hook: test}}\n",
		"question":         hook + "  a: 1\n? kind\n: Job\n",
		"quoted kind":      hook + "  a: 1\n\"kind\": Job\n",
		"merged":           hook + "  a: 1\nstatus: &a {kind: Job}\n<<: *a\n",
		"spec in a text":   "kind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\na: \"\nspec:\nb\"\n",
		"begins in dashes": "---\n---kind: Pod\na: helm.sh/hook\n",
		"no annotation":    "kind: Pod\nmetadata:\n  name: helm.sh/hook\nspec:\n  a: 1\n",
		"in the spec":      "kind: Pod\nmetadata:\n  name: a\nspec:\n  annotations: {helm.sh/hook: test}\n",
	} {
		files := map[string]string{"c/a.yaml": text, "c/b.yaml": hook, "c/c.yaml": strings.Replace(hook, "Pod", "Job", 1)}
		want, wantErr := helmDocuments(files)
		for range 2 { // the second from memory
			got, err := arrange(files)
			assert.Equal(t, wantErr != nil, err != nil, "%s: helm %v, we %v", name, wantErr, err)
			assert.Equal(t, want, got, name)
		}
	}
}

// Each character that ends a line in YAML puts what follows at the left edge,
// in a manifest and in a hook's spec.
func TestArrangeRefusesBreaksAsHelm(t *testing.T) {
	const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  note: |-\n    a\n    %sb: c: d\n"
	const hook = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    helm.sh/hook: test\nspec:\n  note: |-\n    a\n    %sb: c: d\n"
	for _, separator := range []string{"\r", "\u0085", "\u2028", "\u2029"} {
		for _, text := range []string{manifest, hook} {
			files := map[string]string{"c/a.yaml": fmt.Sprintf(text, separator)}
			_, wantErr := helmDocuments(files)
			_, err := arrange(files)
			require.Error(t, wantErr, "%q", files)
			assert.EqualError(t, err, wantErr.Error(), "%q", files)
		}
	}
}

func TestYAMLOfNothingAndOfHooksAlone(t *testing.T) {
	assert.Equal(t, "\n", string(YAML(nil)))
	hook := Document{Source: "c/templates/test.yaml", Content: "kind: Pod", Hook: true}
	assert.Equal(t, "\n---\n# Source: c/templates/test.yaml\nkind: Pod\n", string(YAML([]Document{hook})))
}

func FuzzSplitDocuments(f *testing.F) {
	for _, seed := range []string{
		"", "---", "---\n---\na: 1", "a: 1\n---\nb: 2", "a: 1\n \n\t\n---  \n\n---\nb", "a\n----\nb", "--- a\n---b\r\n---\r\nc", "\u00a0\n---\n\u0085\n---\nb", "a\v\n---\n\v",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		byKey := releaseutil.SplitManifests(file)
		keys := slices.Collect(maps.Keys(byKey))
		slices.SortFunc(keys, func(a, b string) int {
			if (releaseutil.BySplitManifestsOrder{a, b}).Less(0, 1) {
				return -1
			}
			return 1
		})
		var want []string
		for _, key := range keys {
			want = append(want, byKey[key])
		}
		if got := splitDocuments(file); !slices.Equal(want, got) {
			t.Errorf("%q: helm %q, we %q", file, want, got)
		}
	})
}

// FuzzArrange looks for files that Helm and we arrange differently. A file that
// Helm refuses is of no interest: to see that it is no YAML, it must be decoded.
func FuzzArrange(f *testing.F) {
	f.Add("apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n", "# c\nkind: Pod\n---\napiVersion: v1\nkind : Pod")
	f.Add("apiVersion: v1\nkind: Secret\n---\nkind: B\nmetadata:\n annotations:\n  helm.sh/hook: test", "kind: A")
	f.Add("apiVersion: a\n b\nkind: Secret\n? kind\n: Pod", "apiVersion: 'a\n\nkind: b'")
	f.Fuzz(func(t *testing.T, a, b string) {
		files := map[string]string{"c/a.yaml": a, "c/b.yaml": b}
		want, err := helmDocuments(files)
		if err != nil {
			return
		}
		got, err := arrange(files)
		if err != nil || !slices.Equal(want, got) {
			t.Errorf("%q %q\nhelm %+v\nwe   %+v %v", a, b, want, got, err)
		}
	})
}
