package main

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets the test's own binary be the command.
func TestMain(m *testing.M) {
	if os.Getenv("BOOKINFO_TEST_BE_THE_COMMAND") != "" {
		main()
	}
	m.Run()
}

// command makes the command with that environment and those arguments.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = slices.Concat(env, []string{"BOOKINFO_TEST_BE_THE_COMMAND=1"})
	return c
}

func TestServesUntilSignal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*exec.Cmd{
		"role by environment": command(t, []string{"BOOKINFO_ROLE=ratings-v1"}, "-listen", "127.0.0.1:0"),
		"role by flag":        command(t, []string{"BOOKINFO_ROLE=details-v1"}, "-role", "ratings-v1", "-listen", "127.0.0.1:0"),
	} {
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		log := bufio.NewReader(out)
		line, err := log.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		address := regexp.MustCompile(`address=(\S+)`).FindStringSubmatch(line)
		if address == nil {
			t.Fatalf("%s: no address in %q", name, line)
		}
		res, err := http.Get("http://" + address[1] + "/ratings/0")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if line, _ = log.ReadString('\n'); !strings.Contains(line, "stopped") {
			t.Errorf("%s: the last line is %q", name, line)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("%s: SIGTERM ended it with %v", name, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]*exec.Cmd{
		`BOOKINFO_ROLE: no role ""`:                    command(t, nil),
		`BOOKINFO_PROPAGATION: no propagation "1.0"`:   command(t, []string{"BOOKINFO_ROLE=details-v1"}, "-propagation", "1.0"),
		`unknown argument "details-v1"`:                command(t, nil, "details-v1"),
		"listen tcp: address nowhere: missing port in": command(t, []string{"BOOKINFO_ROLE=details-v1"}, "-listen", "nowhere"),
	} {
		var stderr bytes.Buffer
		c.Stderr = &stderr
		if err := c.Run(); err == nil || !strings.Contains(stderr.String(), "bookinfo: "+want) {
			t.Errorf("ended with %v and %q, want %q", err, stderr.String(), want)
		}
	}
}
