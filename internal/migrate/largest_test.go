//go:build !race && linux

package migrate_test

import (
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
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
	sizeAsked  = "MIGRATE_TEST_BYTES"
	// mostGrowth bounds what ten times the size takes of processor time: 9 to 13 times were seen, a quadratic step takes 100.
	mostGrowth = 25
)

// TestLargestFile holds a process that migrates the largest file to 1 GiB of
// memory, garbage included, and to a time that grows as the size does, which a
// machine and its load change little: the shapes that take the most.
func TestLargestFile(t *testing.T) {
	if shape := os.Getenv(shapeAsked); shape != "" {
		size, err := strconv.Atoi(os.Getenv(sizeAsked))
		require.NoError(t, err)
		migrateShape(t, hostileShapes[shape], size)
		return
	}
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	for _, shape := range []string{"a list on one line", "a mesh config in a ConfigMap", "Telemetries"} {
		t.Run(shape, func(t *testing.T) {
			tenth, _ := ofProcess(t, shape, largest/10)
			took, memory := ofProcess(t, shape, largest)
			t.Logf("%d MiB, and %s of processor time, %.1f times that of a tenth", memory>>10, took, took.Seconds()/tenth.Seconds())
			assert.Less(t, memory, int64(1<<20), "KiB")
			assert.Less(t, took.Seconds(), mostGrowth*tenth.Seconds())
		})
	}
}

// ofProcess gives the processor time and the memory, in KiB, that this test takes
// in a process of its own, with a file of a shape and of some bytes.
func ofProcess(t *testing.T, shape string, size int) (took time.Duration, memory int64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLargestFile$")
	child.Env = append(os.Environ(), shapeAsked+"="+shape, sizeAsked+"="+strconv.Itoa(size))
	out, err := child.CombinedOutput()
	require.NoError(t, err, "%s", out)
	usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	return child.ProcessState.UserTime() + child.ProcessState.SystemTime(), usage.Maxrss
}

// ofSize gives a file of a shape that is as large as a size in bytes allows.
func ofSize(shape func(n int) string, size int) string {
	n := 1000 * size / len(shape(1000))
	text := shape(n)
	for ; len(text) > size; text = shape(n) {
		n -= n / 100
	}
	return text
}

// migrateShape does what the command does with one file.
func migrateShape(t *testing.T, shape func(n int) string, size int) {
	t.Helper()
	debug.SetMemoryLimit(migrate.MostMemory)
	text := ofSize(shape, size)
	require.Greater(t, len(text), size*9/10)
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	require.NotEmpty(t, result.Report())
	for _, d := range result.Documents {
		_ = result.Diff(d)
	}
}
