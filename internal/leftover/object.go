package leftover

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// lastApplied is the annotation in which kubectl keeps an object as it was
// applied: of a Secret, its content too.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// object is what is looked at of an object: all but its status, and what says
// who wrote which field.
type object struct {
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
func (o *object) places() []string {
	w := &walk{}
	if Next(o.Metadata.Name, 0) >= 0 {
		w.found = append(w.found, "metadata.name")
	}
	w.texts("metadata.labels", o.Metadata.Labels)
	w.texts("metadata.annotations", o.Metadata.Annotations)
	o.aside()
	w.value("", o.rest)
	return w.found
}

// walk collects places.
type walk struct{ found []string }

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
	w.value(at, value)
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
// that is JSON. In lines a comment is none of the configuration.
func (w *walk) text(path, text string) {
	if !strings.Contains(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case Next(text, 0) >= 0:
			w.found = append(w.found, path)
		case inEncoded(text):
			w.found = append(w.found, path+", in base64")
		}
		return
	}
	if object, ok := readJSON(text); ok {
		w.value(path+":", object)
		return
	}
	number := 0
	for line := range strings.Lines(text) {
		if number++; inLine(line) >= 0 {
			w.found = append(w.found, fmt.Sprintf("%s, line %d", path, number))
		}
	}
	if at := encodedAt(text, 2); at >= 0 {
		w.found = append(w.found, fmt.Sprintf("%s, line %d, in base64", path, 1+strings.Count(text[:at], "\n")))
	}
}
