//go:build !race && linux

package migrate_test

import (
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const (
	largest    = 10 << 20 // bytes, the largest file that is read
	shapeAsked = "MIGRATE_TEST_SHAPE"
)

// TestLargestFile holds a process that migrates the largest file to 1 GiB of
// memory, garbage included, and to 20 s of processor time: the shapes that take
// the most.
func TestLargestFile(t *testing.T) {
	if shape := os.Getenv(shapeAsked); shape != "" {
		migrateLargest(t, hostileShapes[shape])
		return
	}
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	for _, shape := range []string{"a list on one line", "a mesh config in a ConfigMap", "Telemetries"} {
		t.Run(shape, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLargestFile$")
			child.Env = append(os.Environ(), shapeAsked+"="+shape)
			out, err := child.CombinedOutput()
			require.NoError(t, err, "%s", out)
			usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
			require.True(t, ok)
			took := child.ProcessState.UserTime() + child.ProcessState.SystemTime()
			t.Logf("%d MiB, and %s of processor time", usage.Maxrss>>10, took)
			assert.Less(t, usage.Maxrss, int64(1<<20), "KiB")
			assert.Less(t, took, 20*time.Second)
		})
	}
}

// migrateLargest does what the command does with one file.
func migrateLargest(t *testing.T, shape func(n int) string) {
	t.Helper()
	debug.SetMemoryLimit(migrate.MostMemory)
	n := 1000 * largest / len(shape(1000))
	text := shape(n)
	for ; len(text) > largest; text = shape(n) {
		n -= n / 100
	}
	require.Greater(t, len(text), largest*9/10)
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	require.NotEmpty(t, result.Report())
	for _, d := range result.Documents {
		_ = result.Diff(d)
	}
}
