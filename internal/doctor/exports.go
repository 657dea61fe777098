package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
)

// recent is how old a failure in the log may be to count as one of now: the
// collector tries again every five seconds.
const recent = time.Minute

// exports checks what a replica of the collector sends.
func (e *examination) exports(c *collector, o CollectorState) {
	facts := c.facts()
	facts["pod"], facts["create"] = o.Pod.Name, e.createToken(c.token, true)
	facts["claim"], facts["size"] = "queue-"+o.Pod.Name, VolumeState{}.larger()
	facts["queue"] = o.After.Queue.String()
	at := subject("pod", o.Pod)
	if f, ok := o.now(e.At); ok {
		e.failing(c, o, f, facts)
	}
	switch full := o.After.Queue.Size / max(o.After.Queue.Capacity, 1); {
	case o.After.Queue.Capacity == 0:
	case full >= 1:
		e.add("LS-COLLECTOR-QUEUE-FULL", at, time.Time{}, facts)
	case full >= 0.8:
		e.add("LS-COLLECTOR-QUEUE-FILLING", at, time.Time{}, facts)
	}
	e.draining(c, o)
	if lost := o.dropped(); lost > 0 {
		facts["count"], facts["seconds"] = number(lost), number(max(o.Between.Seconds(), 1))
		facts["problem"] = fmt.Sprintf("%s could not be sent, and %s did not fit in the queue",
			number(o.After.SendFailed-o.Before.SendFailed), number(o.After.EnqueueFailed-o.Before.EnqueueFailed))
		e.add("LS-COLLECTOR-DROPPING", at, time.Time{}, facts)
	}
}

// draining tells of queues that must be empty before their backends are removed:
// nothing sends what waits in the queue of an exporter that is gone.
func (e *examination) draining(c *collector, o CollectorState) {
	for _, exporter := range c.drained {
		queue := o.Queues[exporter]
		if queue.Empty() {
			continue
		}
		facts := c.facts()
		facts["pod"], facts["exporter"], facts["queue"] = o.Pod.Name, exporter, queue.String()
		e.add("LS-COLLECTOR-DRAINING", subject("pod", o.Pod), time.Time{}, facts)
	}
}

// dropped is how many spans were lost between the two looks.
func (o CollectorState) dropped() float64 {
	return max(0, o.After.Lost()-o.Before.Lost())
}

// now gives the failure that goes on at present. Where spans were sent between
// the two looks, the log speaks of the past.
func (o CollectorState) now(at time.Time) (latest Failure, failing bool) {
	if o.After.Sent > o.Before.Sent && o.dropped() == 0 {
		return Failure{}, false
	}
	for _, f := range o.Failures {
		if f.Cause == CauseQueue || at.Sub(f.Last) > recent || f.Last.Before(latest.Last) {
			continue
		}
		latest, failing = f, true
	}
	return latest, failing
}

func (e *examination) failing(c *collector, o CollectorState, f Failure, facts finding.Facts) {
	at, cause, since := subject("pod", o.Pod), f.Cause, f.First
	facts["problem"], facts["code"], facts["count"] = words[cause], words[cause], number(o.After.SendFailed)
	switch cause {
	case CauseToken:
		facts["fate"] = "because the collector drops them immediately"
		if c.relayed {
			facts["fate"] = "once the queue is full"
		}
		e.add("LS-COLLECTOR-TOKEN-REFUSED", at, since, facts)
	case CauseAuthority, CauseName, CauseExpired, CauseTLS:
		facts["create"] = e.createCA(c.ca, nil, true)
		if c.ca.Name == "" {
			facts["create"] = e.restore()
		}
		e.add("LS-COLLECTOR-TLS", at, since, facts)
	case CauseDisk:
		e.add("LS-COLLECTOR-VOLUME-FULL", at, since, facts)
	default:
		facts["test"] = finding.NewCommand("istio-lightstep doctor backend -f YOUR-VALUES.yaml", nil)
		if e.release.Name != "" {
			facts["test"] = finding.NewCommand("helm test {release} --namespace {releaseNamespace} --logs", e.releaseFacts())
		}
		e.add("LS-COLLECTOR-UNAVAILABLE", at, since, facts)
	}
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
// each it keeps when and how often, and none of the log's words.
func readFailures(log []byte) []Failure {
	var found []Failure
	at := map[Cause]int{}
	for line := range bytes.Lines(log) {
		when, message, ok := failedExport(string(line))
		if !ok {
			continue
		}
		cause := causeOf(message)
		i, known := at[cause]
		if !known {
			i = len(found)
			at[cause] = i
			found = append(found, Failure{Cause: cause})
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
// place, message and a JSON object, parted by tabs.
func failedExport(line string) (when time.Time, message string, ok bool) {
	parts := strings.Split(strings.TrimSpace(line), "\t")
	if len(parts) < 5 || !strings.HasPrefix(parts[3], "Exporting failed") {
		return time.Time{}, "", false
	}
	when, err := time.Parse("2006-01-02T15:04:05.000Z0700", parts[0])
	if err != nil {
		return time.Time{}, "", false
	}
	var fields struct {
		Component string `json:"otelcol.component.id"`
		Error     string `json:"error"`
	}
	if json.Unmarshal([]byte(parts[len(parts)-1]), &fields) != nil {
		return time.Time{}, "", false
	}
	return when, fields.Error, fields.Component == "" || fields.Component == otelcol.Exporter
}

func causeOf(message string) Cause {
	for _, c := range causes {
		if strings.Contains(message, c.text) {
			return c.cause
		}
	}
	return CauseUnavailable
}
