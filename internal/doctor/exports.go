package doctor

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// recent is how old a failure in the log may be to count as one of now: the
// collector tries again every five seconds.
const recent = time.Minute

// exports checks what a replica of the collector sends, for each backend.
func (e *examination) exports(c *collector, o CollectorState) {
	for _, x := range c.running(o) {
		e.exportsTo(c, x, o)
	}
}

func (e *examination) exportsTo(c *collector, x *exporter, o CollectorState) {
	facts := x.facts(c.facts())
	queue := o.After[x.id].Queue
	facts["pod"], facts["queue"] = o.Pod.Name, queue.String()
	facts["claim"], facts["size"] = "queue-"+o.Pod.Name, VolumeState{}.larger()
	at := subject("pod", o.Pod)
	if x.drained {
		e.draining(x, o, facts)
	} else {
		if f, ok := o.now(x, e.At); ok {
			e.failing(c, x, o, f, facts)
		}
		e.queue(queue, at, facts)
	}
	if lost := o.dropped(x); lost > 0 {
		before, after := o.Before[x.id], o.After[x.id]
		facts["count"], facts["seconds"] = number(lost), number(max(o.Between.Seconds(), 1))
		facts["problem"] = fmt.Sprintf("%s could not be sent, and %s did not fit in the queue",
			number(after.SendFailed-before.SendFailed), number(after.EnqueueFailed-before.EnqueueFailed))
		e.add("LS-COLLECTOR-DROPPING", at, time.Time{}, facts)
	}
}

// queue tells of a queue that is full, or will be.
func (e *examination) queue(queue otelcol.Queue, at string, facts finding.Facts) {
	switch full := queue.Size / max(queue.Capacity, 1); {
	case queue.Capacity == 0:
	case full >= 1:
		e.add("LS-COLLECTOR-QUEUE-FULL", at, time.Time{}, facts)
	case full >= 0.8:
		e.add("LS-COLLECTOR-QUEUE-FILLING", at, time.Time{}, facts)
	}
}

// draining tells of queues that must be empty before their backends are removed:
// nothing sends what waits in the queue of an exporter that is gone.
func (e *examination) draining(x *exporter, o CollectorState, facts finding.Facts) {
	if !o.After[x.id].Queue.Empty() {
		e.add("LS-COLLECTOR-DRAINING", subject("pod", o.Pod), time.Time{}, facts)
	}
}

// queues tells of backends without a queue: by the configuration, or by what
// the collectors count.
func (e *examination) queues(c *collector) {
	for _, x := range c.exporters {
		without := x.queueless
		if e.seen != nil && !without {
			without = slices.ContainsFunc(e.seen.Collectors, func(o CollectorState) bool {
				counts, counted := o.After[x.id]
				return c.has(o) && counted && !counts.Queue.Known
			})
		}
		if !without || !x.addressed || x.drained {
			continue
		}
		e.add("LS-COLLECTOR-NO-QUEUE", subject(kubectlKind(c.Kind), c.Ref), time.Time{}, x.facts(c.facts()))
		if x.queueless {
			e.found[len(e.found)-1].Choose()
		}
	}
}

// has tells whether the state is that of a pod of the collector's, which answered.
func (c *collector) has(o CollectorState) bool {
	return o.Err == "" && slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return pod.Ref == o.Pod })
}

// dropped is how many spans were lost between the two looks.
func (o CollectorState) dropped(x *exporter) float64 {
	return max(0, o.After[x.id].Lost()-o.Before[x.id].Lost())
}

// now gives the failure of an exporter that goes on at present. Where spans were
// sent between the two looks, the log speaks of the past. One of which the log
// does not say whose it is may be that of any that sends nothing.
func (o CollectorState) now(x *exporter, at time.Time) (latest Failure, failing bool) {
	if o.After[x.id].Sent > o.Before[x.id].Sent && o.dropped(x) == 0 {
		return Failure{}, false
	}
	for _, f := range o.Failures {
		another := f.Exporter != "" && f.Exporter != x.id
		if another || f.Cause == CauseQueue || at.Sub(f.Last) > recent || f.Last.Before(latest.Last) {
			continue
		}
		latest, failing = f, true
	}
	return latest, failing
}

func (e *examination) failing(c *collector, x *exporter, o CollectorState, f Failure, facts finding.Facts) {
	at, cause, since := subject("pod", o.Pod), f.Cause, f.First
	facts["problem"], facts["code"], facts["count"] = words[cause], words[cause], number(o.After[x.id].SendFailed)
	switch cause {
	case CauseToken:
		facts["fate"] = "because the collector drops them immediately"
		if x.relayed {
			facts["fate"] = "once the queue is full"
		}
		facts["create"] = e.createCredential(c, x)
		e.add("LS-COLLECTOR-TOKEN-REFUSED", at, since, facts)
	case CauseAuthority, CauseName, CauseExpired, CauseTLS:
		facts["create"] = finding.Advise("set the CA of this backend in the values, or the name that its certificate has, and upgrade the release: " +
			"docs/backends.md lists the keys; if it speaks plain text, as `helm test` tells, set its tls.insecure to true; if its certificate " +
			"has expired, only the backend's operator can replace it")
		if x.ca.Name != "" {
			facts["create"] = e.createCA(x.ca, nil, true)
		}
		e.add("LS-COLLECTOR-TLS", at, since, facts)
	case CauseDisk:
		delete(facts, "backend") // the volume is that of all
		e.add("LS-COLLECTOR-VOLUME-FULL", at, since, facts)
		facts["backend"] = x.backend()
	default:
		facts["test"] = finding.NewCommand("istio-lightstep doctor backend -f YOUR-VALUES.yaml", nil)
		if e.release.Name != "" {
			facts["test"] = finding.NewCommand("helm test {release} --namespace {releaseNamespace} --logs", e.releaseFacts())
		}
		e.add("LS-COLLECTOR-UNAVAILABLE", at, since, facts)
	}
}

// createCredential is the command that writes the Secret which a backend
// refuses, where it is known.
func (e *examination) createCredential(c *collector, x *exporter) finding.Command {
	for _, one := range x.credentials {
		if one.isBlock {
			continue
		}
		create := e.createToken(one.secretUse, true)
		if !one.reread {
			create = create.And(c.restart())
		}
		return create
	}
	return finding.Advise("correct the credentials of this backend in the values, and upgrade the release")
}

// causes are what tells them in an exporter's error, the most telling first.
var causes = []struct {
	text  string
	cause Cause
}{
	{"no space left on device", CauseDisk},
	{"sending queue is full", CauseQueue},
	{"code = Unauthenticated", CauseToken},
	{"code = PermissionDenied", CauseToken},
	{"signed by unknown authority", CauseAuthority},
	{"x509: certificate is valid for", CauseName},
	{"x509: certificate is not valid for any names", CauseName},
	{"x509: cannot validate certificate for", CauseName},
	{"x509: certificate relies on legacy Common Name", CauseName},
	{"x509: certificate has expired", CauseExpired},
	{"x509:", CauseAuthority},
	{"tls:", CauseTLS},
	{"authentication handshake failed", CauseTLS},
	{"no such host", CauseLookup},
	{"produced zero addresses", CauseLookup},
	{"connection refused", CauseRefused},
	{"code = Unimplemented", CauseProtocol},
	{"i/o timeout", CauseTimeout},
	{"code = DeadlineExceeded", CauseTimeout},
	{"code = Unavailable", CauseUnavailable},
}

// readFailures finds the causes of failed exports in a collector's log. Of
// each it keeps whose, when and how often, and none of the log's words.
func readFailures(log []byte) []Failure {
	type key struct {
		exporter string
		cause    Cause
	}
	var found []Failure
	at := map[key]int{}
	for line := range bytes.Lines(log) {
		when, exporter, message, ok := failedExport(string(line))
		if !ok {
			continue
		}
		one := key{exporter, causeOf(message)}
		i, known := at[one]
		if !known {
			i = len(found)
			at[one] = i
			found = append(found, Failure{Exporter: one.exporter, Cause: one.cause})
		}
		if when.Sub(found[i].Last) > recent {
			found[i].First = when
		}
		found[i].Count++
		found[i].Last = when
	}
	return found
}

// failedExport takes a line of the collector's console log apart: time, level,
// place, message and a JSON object, parted by tabs. Older collectors name the
// exporter by another key.
func failedExport(line string) (when time.Time, exporter, message string, ok bool) {
	parts := strings.Split(strings.TrimSpace(line), "\t")
	if len(parts) < 5 || !strings.HasPrefix(parts[3], "Exporting failed") {
		return time.Time{}, "", "", false
	}
	when, err := time.Parse("2006-01-02T15:04:05.000Z0700", parts[0])
	if err != nil {
		return time.Time{}, "", "", false
	}
	var fields struct {
		Component string `json:"otelcol.component.id"`
		Name      string `json:"name"`
		Error     string `json:"error"`
	}
	if json.Unmarshal([]byte(parts[len(parts)-1]), &fields) != nil {
		return time.Time{}, "", "", false
	}
	return when, cmp.Or(fields.Component, fields.Name), fields.Error, true
}

func causeOf(message string) Cause {
	for _, c := range causes {
		if strings.Contains(message, c.text) {
			return c.cause
		}
	}
	return CauseUnavailable
}
