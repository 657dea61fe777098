package values

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// FuzzValues holds that whatever a file says, reading it ends, every problem
// says where and what to do, and the result is what Helm's decoder gives.
func FuzzValues(f *testing.F) {
	for _, text := range []string{
		"a: 1", "a: &a {b: *a}", "a: &a [x]\nb: [*a, *a]", "a: 1\n---\nb: 2", "? [a]\n: b", "a:\n\tb", "yes: 1\ntrue: 2",
		"<<: {a: 1}\na: 2", "x: &x {<<: *x}", "a: !!float x", "\xff\xfea\x00", "- a", "a: 'x\n", "a: |\n x\n...\n# c", "~: 1", "a: .inf",
		"%YAML 1.1\n---\na: 1\n", "a: 1\r---\rb: 2", "a: !!timestamp 2001-01-01", "a: [[[[[[{}]]]]]]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, marked := range withMarker(text) {
			v, err := Read(public, Bytes("f", []byte(marked)))
			if err != nil {
				t.Fatal(err)
			}
			tellsNoMarker(t, v)
		}
		v, err := Read(public, Bytes("f", []byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		problems := v.Problems(false)
		duplicate := false
		for _, p := range v.Problems(true) {
			if p.Reason == "" || p.Fix == "" || p.File == "" || p.Severity != problem.SeverityError {
				t.Fatalf("incomplete: %+v", p)
			}
			if p.Line > 1+strings.Count(text, "\n")+strings.Count(text, "\r")+strings.Count(text, "\u0085")+strings.Count(text, "\u2028")+strings.Count(text, "\u2029") {
				t.Fatalf("line after the end: %+v", p)
			}
			duplicate = duplicate || p.ID == "LS-VALUES-DUPLICATE-KEY"
		}
		for key := range v.User() {
			v.Position(yamltree.Path{key}.String())
			v.Position(yamltree.Path{key, "x", 0}.String())
		}
		want := map[string]any{}
		if refused(problems) {
			return // compared below only what is small enough to hand to Helm's decoder
		}
		err = yaml.Unmarshal([]byte(text), &want)
		if (err != nil) != problem.HasErrors(problems) {
			t.Fatalf("Helm's decoder: %v; problems: %v", err, problems)
		}
		// Keys of two types that read alike come in random order.
		if err == nil && !duplicate && fmt.Sprint(want) != fmt.Sprint(v.User()) {
			t.Fatalf("Helm's decoder has %v, we have %v", want, v.User())
		}
	})
}

// refused tells whether the text was refused by a bound of our own.
func refused(problems []problem.Problem) bool {
	for _, p := range problems {
		if p.ID == "LS-VALUES-ALIASES" || p.ID == "LS-VALUES-TOO-LARGE" {
			return true
		}
	}
	return false
}

// FuzzSet holds that whatever follows a flag, reading it ends, uses little
// memory, and no problem or position repeats the value.
func FuzzSet(f *testing.F) {
	for _, expr := range []string{
		"a=1", "a.b[0].c=x,d={1,2}", "a[1]=x,a[0].b=y", "a[[0]]=1", `a\.b=c`, "a={x", "a[65535]=1,b[65535]=2", "a=1,b", "a.b=1,a=2,a.c=3",
		"a[0][1][2]=x", `a={"b":[1,{"c":null}]}`, "=", ",", ".=", "[", "a[-1]=x", "a[+1]=x", "global.tracer.lightstep.accessToken=" + token,
	} {
		for k := setJSON; k < kinds; k++ {
			f.Add(int(k), expr)
		}
	}
	f.Fuzz(func(t *testing.T, k int, expr string) {
		if k <= int(file) || k >= int(kinds) || kind(k) == setFile {
			t.Skip("a file of the fuzzer's choosing is not read")
		}
		for _, marked := range withMarker(expr) {
			v, err := Read(public, Bytes("f", []byte("a: {b: 1, c: [x]}\nd: text")), Source{kind: kind(k), expr: marked})
			if err != nil {
				t.Fatal(err)
			}
			tellsNoMarker(t, v)
		}
		v, err := Read(public, Bytes("f", []byte("a: {b: 1, c: [x]}\nd: text")), Source{kind: kind(k), expr: expr})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range v.Problems(true) {
			if p.Reason == "" || p.Fix == "" || p.File == "" {
				t.Fatalf("incomplete: %+v", p)
			}
			if key, _, _ := strings.Cut(expr, "="); strings.Contains(fmt.Sprint(p), token) && !strings.Contains(key, token) {
				t.Fatalf("holds the value: %+v", p)
			}
		}
		if len(v.Problems(true)) > 0 {
			return
		}
		walk(v.User(), nil, func(path yamltree.Path, value any) {
			at := v.Position(path.String())
			if at.File == "" {
				t.Fatalf("no source for %s", path)
			}
			if text, ok := value.(string); ok && text == token && strings.Contains(fmt.Sprint(at), token) && !strings.Contains(path.String(), token) {
				t.Fatalf("holds the value: %+v", at)
			}
		})
	})
}

// secretMarker is a token as people have them.
const secretMarker = "S3CRETtoken12345"

// withMarker gives the text with the marker at some of its places.
func withMarker(text string) []string {
	var marked []string
	for i := range 4 {
		at := len(text) * i / 3
		marked = append(marked, text[:at]+secretMarker+text[at:])
	}
	return marked
}

// tellsNoMarker holds that no problem and no position repeats the marker. The
// path of a problem is masked by who tells it: it is still looked up.
func tellsNoMarker(t *testing.T, v *Values) {
	t.Helper()
	for _, p := range v.Problems(true) {
		if said := p.Reason + p.Fix + p.File + redact.Key(p.Path); strings.Contains(said, secretMarker) {
			t.Fatalf("tells the marker: %+v", p)
		}
	}
	if len(v.Problems(false)) > 0 {
		return
	}
	walk(v.User(), nil, func(path yamltree.Path, _ any) {
		if at := v.Position(path.String()); strings.Contains(at.File+at.Text+path.Shown(), secretMarker) {
			t.Fatalf("tells the marker: %+v of %s", at, path)
		}
	})
}

// walk visits the first values below each map and list.
func walk(value any, path yamltree.Path, visit func(yamltree.Path, any)) {
	if len(path) > 0 {
		visit(path, value)
	}
	switch value := value.(type) {
	case map[string]any:
		for key, v := range value {
			if key != "" {
				walk(v, append(path, key), visit)
			}
		}
	case []any:
		for i, v := range value[:min(len(value), 3)] {
			walk(v, append(path, i), visit)
		}
	}
}
