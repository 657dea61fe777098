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
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const (
	largest    = 10 << 20 // bytes, the largest file that is read
	shapeAsked = "MIGRATE_TEST_SHAPE"
	readAlone  = "MIGRATE_TEST_READ"
	// mostOfReading bounds reading, editing, writing and comparing a file, in times of reading a list: 10 to 11 were seen.
	mostOfReading = 15
)

// TestLargestFile holds a process that migrates the largest file to 1 GiB of
// memory, garbage included, and to a multiple of the processor time in which the
// YAML library reads a list as large, which a machine and its load change little:
// the shapes that take the most.
func TestLargestFile(t *testing.T) {
	if shape := os.Getenv(shapeAsked); shape != "" {
		text := largestOf(hostileShapes[shape])
		if os.Getenv(readAlone) != "" {
			require.NoError(t, yaml.Unmarshal([]byte(text), new(yaml.Node)))
			return
		}
		migrateLargest(t, text)
		return
	}
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	read, _ := ofProcess(t, shapeAsked+"=a list on one line", readAlone+"=1")
	for _, shape := range []string{"a list on one line", "a mesh config in a ConfigMap", "Telemetries"} {
		t.Run(shape, func(t *testing.T) {
			took, memory := ofProcess(t, shapeAsked+"="+shape)
			t.Logf("%d MiB, and %s of processor time, %.1f times that of reading", memory>>10, took, took.Seconds()/read.Seconds())
			assert.Less(t, memory, int64(1<<20), "KiB")
			assert.Less(t, took.Seconds(), mostOfReading*read.Seconds())
		})
	}
}

// ofProcess gives the processor time and the memory, in KiB, that this test takes
// in a process of its own.
func ofProcess(t *testing.T, env ...string) (took time.Duration, memory int64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLargestFile$")
	child.Env = append(os.Environ(), env...)
	out, err := child.CombinedOutput()
	require.NoError(t, err, "%s", out)
	usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	return child.ProcessState.UserTime() + child.ProcessState.SystemTime(), usage.Maxrss
}

// largestOf gives the largest file of a shape that is read.
func largestOf(shape func(n int) string) string {
	n := 1000 * largest / len(shape(1000))
	text := shape(n)
	for ; len(text) > largest; text = shape(n) {
		n -= n / 100
	}
	return text
}

// migrateLargest does what the command does with one file.
func migrateLargest(t *testing.T, text string) {
	t.Helper()
	debug.SetMemoryLimit(migrate.MostMemory)
	require.Greater(t, len(text), largest*9/10)
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	require.NotEmpty(t, result.Report())
	for _, d := range result.Documents {
		_ = result.Diff(d)
	}
}
