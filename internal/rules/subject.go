package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

// Input is what is known when values are judged.
type Input struct {
	Values   map[string]any // merged: the chart's defaults and the user's
	Document map[string]any // the user's control-plane document as {meshConfig, values}; nil where there is none
	Live     map[string]any // what runs on the cluster; nil where unknown
}

// Subject is all that rules may look at; the chart's templates make the same
// one. Its keys are values, types, nulls, characters, lightstep, fed, targets, backends,
// backendHeaders, backendSecrets, backendKeys, literals, exporters, exporterSettings, references,
// istio, dialect, delivery, receiver, queue, cacert, live and document, and all
// in it is a map[string]any, []any, string, float64, bool or nil. It is never
// changed once made.
type Subject map[string]any

// Subject makes the subject. It copies what it is given. Keys of the values
// that start with an underscore are the templates' own and are left out. The
// error tells that a value is nothing that JSON can hold.
func (r *Rules) Subject(in Input) (Subject, error) {
	subject := Subject{}
	values := make(map[string]any, len(in.Values))
	for key, value := range in.Values {
		if !strings.HasPrefix(key, "_") {
			values[key] = value
		}
	}
	for key, part := range map[string]map[string]any{"values": values, "document": in.Document, "live": in.Live} {
		if part == nil {
			continue
		}
		copied, err := normalise(part, 0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		subject[key] = copied
	}
	r.addTypes(subject)
	r.fillNulls(subject)
	r.addCharacters(subject)
	hidden := r.public.Hidden(subject)
	r.backends.add(subject, steps{r.literals.oddKey, hidden}.step)
	r.literals.add(subject, hidden)
	r.addExporters(subject, hidden)
	r.addVersion(subject)
	addDelivery(subject)
	addResources(subject, steps{r.literals.oddKey, hidden}.step)
	addQueue(subject, r.dialects.Queue())
	key, directory := "", ""
	if p, _ := subject.at("values", "global", "tracer", "lightstep", "cacertPath").(string); p != "" {
		key, directory = path.Base(p), path.Dir(p)
	}
	subject["cacert"] = map[string]any{"key": key, "directory": directory}
	return subject, nil
}

func (s Subject) at(segments ...string) any { return at(map[string]any(s), segments) }

// addDelivery says how spans are delivered, where the dialect is known, and what
// the collector receives from proxies where there is one. Backends need one.
func addDelivery(subject Subject) {
	row, ok := subject["dialect"].(map[string]any)
	if !ok {
		return
	}
	switch asked := subject.at("values", "delivery"); asked {
	case nil, "", "auto":
		subject["delivery"] = row["auto"]
		if subject["backends"] != nil {
			subject["delivery"] = "collector"
		}
	case "native", "collector", "direct":
		subject["delivery"] = asked
	}
	if subject["delivery"] == "collector" {
		subject["receiver"] = row["receiver"]
		if row["native"] != "" {
			subject["receiver"] = "zipkin" // beside the tracer of old, proxies have no other
		}
	}
}

// addVersion reads the Istio version, the live one where none is given, and
// chooses its dialect.
func (r *Rules) addVersion(subject Subject) {
	given := subject.at("values", "istio", "version")
	if given == nil || given == "" {
		given = subject.at("live", "istiod", "version")
	}
	istio := map[string]any{
		"version": given,
		"oldest":  r.dialects.Oldest().Minor,
		"newest":  r.dialects.Newest().Minor,
	}
	subject["istio"] = istio
	if given == nil || given == "" {
		istio["version"], istio["state"] = "", "missing"
		return
	}
	s, _ := given.(string)
	v, err := dialect.ParseVersion(s)
	if err != nil {
		istio["state"] = "malformed"
		return
	}
	match := r.dialects.For(v)
	istio["minor"], istio["patch"], istio["state"] = v.Minor(), float64(v.Patch()), string(match.State)
	if match.Ahead > 0 {
		istio["ahead"] = float64(match.Ahead)
	}
	if match.Row != nil {
		subject["dialect"] = match.Row.Subject()
	}
}
