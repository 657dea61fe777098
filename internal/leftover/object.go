package leftover

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// lastApplied is the annotation in which kubectl keeps an object as it was
// applied: of a Secret, its content too.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// object is what is looked at of an object: all but its status, and what says
// who wrote which field.
type object struct {
	Type     any `json:"type"` // of a Secret
	Metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	rest map[string]any
}

func newObject(data []byte) (*object, error) {
	o := &object{}
	if err := json.Unmarshal(data, o); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &o.rest); err != nil {
		return nil, err
	}
	for _, key := range []string{"apiVersion", "kind", "metadata", "status"} {
		delete(o.rest, key)
	}
	return o, nil
}

// secret leaves out what kubectl keeps of a Secret, which says all twice.
func (o *object) secret() { delete(o.Metadata.Annotations, lastApplied) }

// chartLabel is on every object of this chart.
const chartLabel, chartPrefix = "helm.sh/chart", "istio-lightstep-"

// aside leaves out what is no configuration: of istiod's injection templates what has no
// effect, and the warnings of this chart, which name an exporter that was removed.
func (o *object) aside() {
	data, _ := o.rest["data"].(map[string]any)
	if strings.HasPrefix(o.Metadata.Labels[chartLabel], chartPrefix) {
		delete(data, "warnings")
	}
	if template, ok := data["config"].(string); ok && strings.HasPrefix(o.Metadata.Name, injectorName) {
		data["config"] = withoutEffect(template)
	}
}

// places gives the paths in the object at which there is a mention, in order.
func (o *object) places(names own) []string {
	w := &walk{own: names}
	if o.Metadata.Labels[nameLabel] == o.Metadata.Name {
		delete(o.Metadata.Labels, nameLabel) // of a Namespace, its name once more
	}
	if Next(o.Metadata.Name, 0) >= 0 && (o.Metadata.Namespace != "" || !names.namespaces[o.Metadata.Name]) {
		w.found = append(w.found, "metadata.name")
	}
	w.texts("metadata.labels", o.Metadata.Labels)
	w.texts("metadata.annotations", o.Metadata.Annotations)
	o.aside()
	w.value("", o.rest)
	return w.found
}

// walk collects places.
type walk struct {
	own   own
	found []string
}

// texts looks at labels or annotations.
func (w *walk) texts(path string, texts map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		w.entry(path, key, texts[key])
	}
}

// entry looks at an entry of a map: at its key, or else at what is below it.
func (w *walk) entry(path, key string, value any) {
	joined := path + "."
	if strings.HasSuffix(path, ":") {
		joined = path + " "
	}
	at := strings.TrimPrefix(joined+strings.ReplaceAll(key, ".", `\.`), ".")
	if Next(key, 0) >= 0 {
		if !isDefault(path, key, value) {
			w.found = append(w.found, at)
		}
		return
	}
	if !w.own.isNamespace(key, value) {
		w.value(at, value)
	}
}

func (w *walk) value(path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			w.entry(path, key, v[key])
		}
	case []any:
		for i, item := range v {
			w.value(fmt.Sprintf("%s[%d]", path, i), item)
		}
	case string:
		w.text(path, v)
	}
}

// text looks at a text, line by line where it has several, or at what it holds if
// that is JSON, such as what kubectl keeps of an object that it applied. In lines a
// comment is none of the configuration.
func (w *walk) text(path, text string) {
	text = w.own.without(text)
	if object, ok := readJSON(text); ok {
		w.value(path+":", object)
		return
	}
	if !strings.Contains(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case Next(text, 0) >= 0:
			w.found = append(w.found, path)
		case isEscaped(text):
			w.found = append(w.found, path+", escaped")
		case encodedAt(text) >= 0:
			w.found = append(w.found, path+", in base64")
		}
		return
	}
	number := 0
	for line := range strings.Lines(text) {
		if number++; inLine(line) >= 0 {
			w.found = append(w.found, fmt.Sprintf("%s, line %d", path, number))
		} else if isEscaped(line) {
			w.found = append(w.found, fmt.Sprintf("%s, line %d, escaped", path, number))
		}
	}
	if at := encodedAt(text); at >= 0 {
		w.found = append(w.found, fmt.Sprintf("%s, line %d, in base64", path, 1+strings.Count(text[:at], "\n")))
	}
}

// ReleaseType is the type of the Secrets in which Helm keeps releases.
const ReleaseType = "helm.sh/release.v1"

// mostRelease bounds what a release's record holds, in bytes: the record itself
// is a Secret, of 1 MiB at most, and compressed.
const mostRelease = 64 << 20

// release is what is read of a release's record: the values that its owner gave
// Helm.
type release struct {
	Name      string         `json:"name"`
	Namespace string         `json:"namespace"`
	Config    map[string]any `json:"config"`
}

// readRelease reads the Secret in which Helm keeps a release.
func readRelease(data []byte) (*release, error) {
	var secret struct {
		Data struct {
			Release []byte `json:"release"`
		} `json:"data"`
	}
	r := &release{}
	err := json.Unmarshal(data, &secret)
	if err == nil {
		var packed []byte
		if packed, err = unpacked(secret.Data.Release); err == nil {
			err = json.Unmarshal(packed, r)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read a release of Helm: %w", err)
	}
	return r, nil
}

// InRelease gives the name and namespace of a release whose record this is, and whether
// the values that its owner gave mention LightStep. A former revision is none of these.
func InRelease(data []byte) (name, namespace string, mentions bool, err error) {
	o, err := newObject(data)
	if err != nil || !o.isInUse() {
		return "", "", false, err
	}
	r, err := readRelease(data)
	if err != nil {
		return "", "", false, err
	}
	return r.Name, cmp.Or(r.Namespace, o.Metadata.Namespace), len(r.places(own{})) > 0, nil
}

// isInUse tells a release by the label of its record. Without one nothing says that it is
// of a former revision, of which Helm deletes the records in time.
func (o *object) isInUse() bool {
	status := o.Metadata.Labels["status"]
	return status == "" || status == "deployed" || status == "failed"
}

// revision gives the number of a revision of Helm's, by the label of its record; 0 where that has none.
func (o *object) revision() int {
	number, _ := strconv.Atoi(o.Metadata.Labels["version"])
	return number
}

// unpacked gives what Helm encodes by base64, and mostly compresses before.
func unpacked(release []byte) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(string(release))
	if err != nil || !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
		return packed, err
	}
	unpack, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return bounded.Read(unpack, mostRelease)
}

// places gives the paths of the values at which there is a mention.
func (r *release) places(names own) []string {
	w := &walk{own: names}
	w.value("", r.Config)
	return w.found
}

// injectorName is what the ConfigMaps with istiod's injection templates begin with: every
// Istio to 1.31 has LightStep's volume in these, for where it is the tracer.
const injectorName = "istio-sidecar-injector"

// action is one of a Go template, with its keyword.
var action = regexp.MustCompile(`\{\{-?\s*(if|range|with|define|block|else if|else with|else|end)\b(.*?)-?\}\}`)

// isTracer tells a condition that holds only if LightStep is the tracer, unless it has
// one of the words of otherwise.
var (
	isTracer  = regexp.MustCompile(`\beq\s+\.Values\.global\.proxy\.tracer\s+"lightstep"`)
	otherwise = regexp.MustCompile(`\b(or|not)\b`)
)

func onlyLightStep(condition string) bool {
	return isTracer.MatchString(condition) && !otherwise.MatchString(condition)
}

// withoutEffect gives a template whose blocks for LightStep as the tracer are empty,
// line by line. Whether it is the tracer, the values say, which are looked at by
// themselves.
func withoutEffect(template string) string {
	var out strings.Builder
	var open []bool // blocks, and which of them are for LightStep alone
	at, hidden := 0, 0
	write := func(text string) {
		if hidden > 0 {
			text = strings.Repeat("\n", strings.Count(text, "\n"))
		}
		out.WriteString(text)
	}
	set := func(lightstep bool) {
		if lightstep {
			hidden++
		}
		open = append(open, lightstep)
	}
	leave := func() {
		if n := len(open) - 1; n >= 0 {
			if open[n] {
				hidden--
			}
			open = open[:n]
		}
	}
	for _, m := range action.FindAllStringSubmatchIndex(template, -1) {
		write(template[at:m[0]])
		keyword, rest := template[m[2]:m[3]], template[m[4]:m[5]]
		if keyword == "end" || strings.HasPrefix(keyword, "else") {
			leave()
		}
		if keyword != "end" {
			set(strings.HasSuffix(keyword, "if") && onlyLightStep(rest))
		}
		write(template[m[0]:m[1]])
		at = m[1]
	}
	write(template[at:])
	return out.String()
}

// readJSON gives the object that a text is in JSON, such as the values of the injector.
func readJSON(text string) (map[string]any, bool) {
	var object map[string]any
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || json.Unmarshal([]byte(text), &object) != nil {
		return nil, false
	}
	return object, true
}

// isDefault tells Istio's own values for LightStep, which hold nothing, by where they
// are and what is in them.
func isDefault(path, key string, value any) bool {
	parents := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == ' ' })
	n := len(parents)
	return key == "lightstep" && n > 1 && parents[n-2] == "global" && parents[n-1] == "tracer" && isEmpty(value)
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, inner := range v {
			if !isEmpty(inner) {
				return false
			}
		}
		return true
	}
	return false
}
