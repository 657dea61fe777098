package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Every is how often Prometheus scrapes and evaluates: often, so that what is
// seen depends on the alerts' own times.
const Every = 5 * time.Second

// Prometheus is one that runs.
type Prometheus struct {
	address string
	folder  string
	log     *output
	process *exec.Cmd
	ended   chan struct{}
	server  *http.Server
}

// listening is how Prometheus says which port it holds.
var listening = regexp.MustCompile(`msg="Listening on" address=(\S+)\n`)

// output is what a program has written, and the address in it once it is there.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	address chan string
	found   bool
}

func (o *output) Write(some []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.text.Write(some)
	if at := listening.FindSubmatch(o.text.Bytes()); at != nil && !o.found {
		o.found = true
		o.address <- string(at[1])
	}
	return n, err
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Start starts Debian's prometheus with a file of rules, in a folder for its
// data, for the collectors of a namespace.
func Start(ctx context.Context, folder string, rules []byte, namespace string, of Source) (*Prometheus, error) {
	program, err := exec.LookPath("prometheus")
	if err != nil {
		return nil, fmt.Errorf("install Debian's package prometheus: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Prometheus{folder: folder, log: &output{address: make(chan string, 1)}, ended: make(chan struct{}), server: &http.Server{Handler: handler(namespace, of), ReadHeaderTimeout: time.Minute}}
	go func() { _ = p.server.Serve(listener) }()
	config := filepath.Join(folder, "prometheus.yaml")
	err = errors.Join(
		os.WriteFile(config, configuration(listener.Addr().String()), 0o600),
		p.write(rules),
	)
	if err != nil {
		return nil, errors.Join(err, p.server.Close())
	}
	p.process = exec.CommandContext(ctx, program, "--config.file="+config,
		"--storage.tsdb.path="+filepath.Join(folder, "data"), "--web.listen-address=127.0.0.1:0") // a port that it holds itself
	p.process.Stdout, p.process.Stderr = p.log, p.log
	if err := p.process.Start(); err != nil {
		return nil, errors.Join(err, p.server.Close())
	}
	go func() { _ = p.process.Wait(); close(p.ended) }()
	select {
	case p.address = <-p.log.address:
		return p, nil
	case <-p.ended:
	case <-ctx.Done():
	}
	return nil, fmt.Errorf("prometheus does not listen: %s", p.Close())
}

// configuration is that of Prometheus. Its own errors about a collector that is
// being replaced are no reason to wait longer than for the next look.
func configuration(source string) []byte {
	return fmt.Appendf(nil, `global: {scrape_interval: %[1]s, evaluation_interval: %[1]s}
rule_files: [rules.yaml]
scrape_configs:
  - job_name: collectors
    http_sd_configs: [{url: "http://%[2]s/targets", refresh_interval: %[1]s}]
    relabel_configs:                                      # two collectors of one address are two instances
      - {source_labels: [pod], target_label: instance}
  - job_name: others
    metrics_path: /others
    honor_labels: true                                    # they name the pods and Secrets that they are of
    static_configs: [{targets: ["%[2]s"]}]
`, Every, source)
}

func (p *Prometheus) write(rules []byte) error {
	return os.WriteFile(filepath.Join(p.folder, "rules.yaml"), rules, 0o600)
}

// Reload has it go by other rules from now on.
func (p *Prometheus) Reload(rules []byte) error {
	return errors.Join(p.write(rules), p.process.Process.Signal(syscall.SIGHUP))
}

// Close ends it, and gives what it logged.
func (p *Prometheus) Close() string {
	_ = p.process.Process.Kill()
	<-p.ended
	_ = p.server.Close()
	return p.log.String()
}

// Firing gives the names of the alerts that fire, sorted.
func (p *Prometheus) Firing(ctx context.Context) ([]string, error) {
	var answer struct {
		Data struct {
			Alerts []struct {
				State  string            `json:"state"`
				Labels map[string]string `json:"labels"`
			} `json:"alerts"`
		} `json:"data"`
	}
	if err := p.ask(ctx, "alerts", &answer); err != nil {
		return nil, err
	}
	var names []string
	for _, alert := range answer.Data.Alerts {
		if alert.State == "firing" {
			names = append(names, alert.Labels["alertname"])
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Scraped gives the pods whose last scrape was good, sorted.
func (p *Prometheus) Scraped(ctx context.Context) ([]string, error) {
	var answer struct {
		Data struct {
			ActiveTargets []struct {
				Health string            `json:"health"`
				Labels map[string]string `json:"labels"`
			} `json:"activeTargets"`
		} `json:"data"`
	}
	if err := p.ask(ctx, "targets?state=active", &answer); err != nil {
		return nil, err
	}
	var pods []string
	for _, target := range answer.Data.ActiveTargets {
		if target.Health == "up" && target.Labels["job"] == "collectors" {
			pods = append(pods, target.Labels["pod"])
		}
	}
	slices.Sort(pods)
	return pods, nil
}

// Series gives how many series a query finds now.
func (p *Prometheus) Series(ctx context.Context, query string) (int, error) {
	var answer struct {
		Data struct {
			Result []any `json:"result"`
		} `json:"data"`
	}
	if err := p.ask(ctx, "query?query="+url.QueryEscape(query), &answer); err != nil {
		return 0, fmt.Errorf("%s: %w", query, err)
	}
	return len(answer.Data.Result), nil
}

// Version gives that of the program.
func (p *Prometheus) Version(ctx context.Context) (string, error) {
	var answer struct {
		Data struct {
			Version string `json:"version"`
		} `json:"data"`
	}
	err := p.ask(ctx, "status/buildinfo", &answer)
	return answer.Data.Version, err
}

func (p *Prometheus) ask(ctx context.Context, what string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/api/v1/"+what, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("prometheus answers %s to %s", response.Status, what)
	}
	return json.NewDecoder(response.Body).Decode(into)
}
