package oracle

import (
	"errors"
	"strings"
	"testing"
)

// stub accepts every document but those with "strict" or "invalid" in them.
var stub = Istio{
	DecodeStrict: func(document string) error {
		if strings.Contains(document, "strict") {
			return errors.New("unknown field")
		}
		return nil
	},
	Effective: func(documents []string) (string, error) {
		joined := strings.Join(documents, "+")
		if strings.Contains(joined, "invalid") {
			return "", errors.New("out of range")
		}
		return strings.ReplaceAll(joined, "\n", ""), nil
	},
	ValidateLightstep: func(collector LightstepCollector) error {
		if collector.AccessToken == "" {
			return errors.New("1 error occurred:\n\t* access token is required\n\n")
		}
		return nil
	},
}

func TestRun(t *testing.T) {
	cases := []struct {
		name, command, stdin   string
		status                 int
		wantStdout, wantStderr string
	}{
		{"accepted", "meshcheck", "a: 1\n", 0, "ok\n", ""},
		{"documents in order", "meshmerge", "---\na: 1\n---\n\n--- \nb: 1\n", 0, "ok\na: 1+b: 1\n", ""},
		{"unknown field", "meshcheck", "a: 1\n---\nstrict: 1\n", 1, "", "strict decode: unknown field\n"},
		{"refused by validation", "meshmerge", "invalid: 1\n", 1, "", "validation: out of range\n"},
		{"nothing to check", "meshcheck", "\n---\n", 2, "", "no mesh config on standard input\n"},
		{"a line each", "lightstep", `{"accessToken":"t"}` + "\n{}\n", 0, "ok\n1 error occurred: * access token is required\n", ""},
		{"no JSON", "lightstep", "{}\nx\n", 2, "1 error occurred: * access token is required\n", "line 2: invalid character 'x' looking for beginning of value\n"},
		{"unknown command", "check", "", 2, "", "usage: oracle meshcheck|meshmerge|lightstep < input\n"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			status := run(stub, []string{test.command}, strings.NewReader(test.stdin), &stdout, &stderr)
			if status != test.status || stdout.String() != test.wantStdout || stderr.String() != test.wantStderr {
				t.Errorf("status %d, stdout %q, stderr %q", status, stdout.String(), stderr.String())
			}
		})
	}
}
