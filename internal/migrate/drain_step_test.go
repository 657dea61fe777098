package migrate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// meter answers as kubectl does: a collector that carries a label, and its metrics.
const meter = `#!/bin/sh
case "$*" in
  "get pods"*"-l $LABELLED=istio-lightstep,app.kubernetes.io/component=collector "*) echo stable-collector-0 ;;
  "get pods"*) ;;
  "get --raw"*pods/stable-collector-0:8888/*) echo 'otelcol_exporter_queue_size{exporter="otlp_grpc/lightstep"} 0' ;;
  *) exit 1 ;;
esac
`

// TestTheDrainFindsCollectors: also those of a chart with an alias; and where
// there is none it ends, with an error.
func TestTheDrainFindsCollectors(t *testing.T) {
	t.Parallel()
	commands := stepThat(t, "until drained")
	for label, found := range map[string]bool{"app.kubernetes.io/name": true, "istio-lightstep.io/alias-of": true, "app": false} {
		said, err := withKubectl(t, t.TempDir(), meter, "LABELLED="+label, "sleep() { :; }\n"+commands)
		if found {
			require.NoError(t, err, "%s: %s", label, said)
			assert.Contains(t, said, "stable-collector-0: 0 bytes wait", label)
			continue
		}
		require.Error(t, err, "%s", said)
		assert.Contains(t, said, "no collector of istio-lightstep runs in namespace istio-system")
	}
}

// stepThat gives the commands of the step of a move to another backend that contains a text.
func stepThat(t *testing.T, text string) (commands string) {
	t.Helper()
	result := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(changed)})
	for _, step := range result.Steps {
		if strings.Contains(step.Run, text) {
			commands = step.Run
		}
	}
	require.NotEmpty(t, commands)
	return commands
}

// withKubectl runs commands in a folder, without set -e, as by hand, where kubectl
// is the given script with a variable.
func withKubectl(t *testing.T, dir, kubectl, variable, commands string) (said string, err error) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "kubectl"), []byte(kubectl), 0o700))
	command := exec.CommandContext(t.Context(), "bash", "-c", commands)
	command.Dir = dir
	command.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), variable)
	text, err := command.CombinedOutput()
	return string(text), err
}
