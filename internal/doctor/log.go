package doctor

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
)

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
