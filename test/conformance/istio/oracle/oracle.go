package oracle

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// Istio is what one release of Istio does, bound to that release's own code.
type Istio struct {
	// DecodeStrict decodes one YAML document as a MeshConfig. A field that the
	// release does not know is an error. Istiod itself drops such a field
	// without a word, which is why a test has to ask.
	DecodeStrict func(document string) error

	// Effective lays the YAML documents over Istio's default mesh config, the
	// later ones winning, by Istio's own merge, and validates the result. It
	// gives the result as YAML.
	Effective func(documents []string) (string, error)

	// ValidateLightstep is the release's ValidateLightstepCollector. A field
	// that the release does not have is ignored.
	ValidateLightstep func(LightstepCollector) error
}

// LightstepCollector holds the fields of Tracing.Lightstep in the mesh config.
// Secure and CacertPath exist in Istio 1.1 to 1.5 only.
type LightstepCollector struct {
	Address     string `json:"address"`
	AccessToken string `json:"accessToken"`
	Secure      bool   `json:"secure"`
	CacertPath  string `json:"cacertPath"`
}

// Accepted is the answer to an input that Istio takes.
const Accepted = "ok"

const (
	exitRefused = 1
	exitUsage   = 2
)

// maxLine bounds one line of the lightstep command, in bytes.
const maxLine = 1 << 20

// Main runs the command named by the program's first argument and exits.
func Main(istio Istio) {
	os.Exit(run(istio, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(istio Istio, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var command func(Istio, io.Reader, io.Writer) (refusal, failure error)
	switch strings.Join(args, " ") {
	case "meshcheck":
		command = meshCheck
	case "meshmerge":
		command = meshMerge
	case "lightstep":
		command = lightstep
	default:
		fmt.Fprintln(stderr, "usage: oracle meshcheck|meshmerge|lightstep < input")
		return exitUsage
	}
	out := bufio.NewWriter(stdout)
	refusal, failure := command(istio, stdin, out)
	if err := out.Flush(); err != nil && failure == nil {
		failure = err
	}
	switch {
	case failure != nil:
		fmt.Fprintln(stderr, failure)
		return exitUsage
	case refusal != nil:
		fmt.Fprintln(stderr, refusal)
		return exitRefused
	}
	return 0
}

func meshCheck(istio Istio, in io.Reader, out io.Writer) (refusal, failure error) {
	_, refusal, failure = effective(istio, in)
	if refusal == nil && failure == nil {
		_, failure = fmt.Fprintln(out, Accepted)
	}
	return refusal, failure
}

func meshMerge(istio Istio, in io.Reader, out io.Writer) (refusal, failure error) {
	config, refusal, failure := effective(istio, in)
	if refusal == nil && failure == nil {
		_, failure = fmt.Fprintln(out, Accepted+"\n"+config)
	}
	return refusal, failure
}

// effective reads all documents, has each decoded strictly and gives the mesh
// config that they make together.
func effective(istio Istio, in io.Reader) (config string, refusal, failure error) {
	input, err := io.ReadAll(in)
	if err != nil {
		return "", nil, fmt.Errorf("reading standard input: %w", err)
	}
	documents := splitDocuments(string(input))
	if len(documents) == 0 {
		return "", nil, fmt.Errorf("no mesh config on standard input")
	}
	for _, document := range documents {
		if err := istio.DecodeStrict(document); err != nil {
			return "", fmt.Errorf("strict decode: %w", err), nil
		}
	}
	config, err = istio.Effective(documents)
	if err != nil {
		return "", fmt.Errorf("validation: %w", err), nil
	}
	return config, nil, nil
}

// splitDocuments splits at lines that are exactly "---" and drops documents
// without content. A mesh config has no block text that could hold such a line.
func splitDocuments(input string) []string {
	var documents []string
	var document strings.Builder
	finish := func() {
		if text := document.String(); strings.TrimSpace(text) != "" {
			documents = append(documents, text)
		}
		document.Reset()
	}
	for line := range strings.Lines(input) {
		if strings.TrimRight(line, " \r\n") == "---" {
			finish()
			continue
		}
		document.WriteString(line)
	}
	finish()
	return documents
}

func lightstep(istio Istio, in io.Reader, out io.Writer) (refusal, failure error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for number := 1; lines.Scan(); number++ {
		var collector LightstepCollector
		if err := json.Unmarshal(lines.Bytes(), &collector); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		answer := Accepted
		if err := istio.ValidateLightstep(collector); err != nil {
			answer = oneLine(err.Error())
		}
		if _, err := io.WriteString(out, answer+"\n"); err != nil {
			return nil, err
		}
	}
	return nil, lines.Err()
}

// oneLine keeps one answer on one line: Istio's errors have several.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
