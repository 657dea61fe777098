package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
	"github.com/CycloneDX/cyclonedx-gomod/pkg/generate/bin"
	"github.com/rs/zerolog"
)

// checksums is the file of the digests of all files that people download, but for
// the provenance, which has a signature of its own.
const checksums = "checksums.txt"

// statement is in-toto's, about files and images of one release.
type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     predicate `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// predicate is SLSA's of version 1: from what, how and by whom it was built.
type predicate struct {
	BuildDefinition buildDefinition `json:"buildDefinition"`
	RunDetails      runDetails      `json:"runDetails"`
}

type buildDefinition struct {
	BuildType            string            `json:"buildType"`
	ExternalParameters   map[string]string `json:"externalParameters"`
	InternalParameters   map[string]string `json:"internalParameters"`
	ResolvedDependencies []dependency      `json:"resolvedDependencies"`
}

type dependency struct {
	URI    string            `json:"uri"`
	Digest map[string]string `json:"digest,omitempty"`
}

type runDetails struct {
	Builder  map[string]string `json:"builder"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

// predicateFile is what cosign attests of an image or a chart.
func (r *release) predicateFile() string { return filepath.Join(r.work, "provenance.json") }

// statementFile is what people download.
func (r *release) statementFile() string { return r.asset(project, "_", r.Version, ".intoto.json") }

// writeChecksums writes the digests of all files that people download, and where
// all of them come from.
func (r *release) writeChecksums(context.Context) error {
	files, err := membersOf(r.assets)
	if err != nil {
		return err
	}
	s := statement{Type: "https://in-toto.io/Statement/v1", PredicateType: "https://slsa.dev/provenance/v1", Predicate: r.provenance()}
	var list strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file.from)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		digest := hex.EncodeToString(sum[:])
		list.WriteString(digest + "  " + file.name + "\n")
		s.Subject = append(s.Subject, subject{file.name, map[string]string{"sha256": digest}})
	}
	image := officialImage
	if r.Registry != "" {
		image = r.Registry + "/" + project
	}
	s.Subject = append(s.Subject, subject{image, map[string]string{r.image.digest.Algorithm: r.image.digest.Hex}})
	if err := os.WriteFile(r.asset(checksums), []byte(list.String()), 0o600); err != nil {
		return err
	}
	for file, content := range map[string]any{r.predicateFile(): s.Predicate, r.statementFile(): s} {
		text, err := json.MarshalIndent(content, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// provenance says what is known where it runs: of a workflow of GitHub, the tag of
// its repository; elsewhere, the commit alone, which nobody else may have.
func (r *release) provenance() predicate {
	source, builder := "gitoid:commit:sha1:"+r.source.commit, "urn:local"
	var metadata map[string]string
	if workflow := os.Getenv("GITHUB_WORKFLOW_REF"); workflow != "" {
		server := os.Getenv("GITHUB_SERVER_URL")
		of := server + "/" + os.Getenv("GITHUB_REPOSITORY")
		source, builder = "git+"+of+"@refs/tags/"+r.tag(), server+"/"+workflow
		metadata = map[string]string{"invocationId": of + "/actions/runs/" + os.Getenv("GITHUB_RUN_ID")}
	}
	return predicate{
		BuildDefinition: buildDefinition{
			BuildType:            repository + "/blob/v" + r.Version + "/docs/release.md",
			ExternalParameters:   map[string]string{"version": r.Version, "source": source},
			InternalParameters:   map[string]string{"go": runtime.Version()},
			ResolvedDependencies: []dependency{{URI: source, Digest: map[string]string{"gitCommit": r.source.commit}}},
		},
		RunDetails: runDetails{Builder: map[string]string{"id": builder}, Metadata: metadata},
	}
}

// sbom is the path of the list of what a platform's binary is made of.
func (r *release) sbom(p platform) string {
	return r.asset(project, "_", r.Version, "_", p.os, "_", p.arch, ".cdx.json")
}

// writeSBOMs reads the modules of each binary from the binary itself.
func (r *release) writeSBOMs(context.Context) error {
	for _, p := range platforms {
		if err := writeSBOM(r.binary(p), r.sbom(p), r.source.time); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}

func writeSBOM(binary, to string, at time.Time) error {
	generator, err := bin.NewGenerator(binary, bin.WithIncludeStdlib(true), bin.WithLogger(zerolog.Nop()))
	if err != nil {
		return err
	}
	bom, err := generator.Generate()
	if err != nil {
		return err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	// A serial number is a UUID. This one is made of the content, as is all else.
	sum := sha256.Sum256(content)
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	bom.SerialNumber = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	bom.Metadata.Timestamp = at.Format(time.RFC3339)
	file, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	encoder := cyclonedx.NewBOMEncoder(file, cyclonedx.BOMFileFormatJSON)
	if err := encoder.SetPretty(true).Encode(bom); err != nil {
		return err
	}
	return file.Close()
}

// completions are the shells, and the file that each of them looks for.
var completions = map[string]string{
	"bash":       "completions/istio-lightstep.bash",
	"zsh":        "completions/_istio-lightstep",
	"fish":       "completions/istio-lightstep.fish",
	"powershell": "completions/istio-lightstep.ps1",
}

// extras is the folder of what comes with the command on every platform.
func (r *release) extras() string { return filepath.Join(r.work, "extras") }

// writeExtras has the command write its completions, and a build of it with the
// tag `man` its man pages: the released command has no code for them.
func (r *release) writeExtras(ctx context.Context) error {
	command := filepath.Join(r.work, "bin", "man", here().file())
	if _, err := output(ctx, r.source.folder, goEnvironment(here()), "go", "build", "-mod=readonly", "-trimpath", "-buildvcs=true", "-tags=man",
		"-o", command, "./cmd/istio-lightstep"); err != nil {
		return err
	}
	for _, folder := range []string{"completions", "man/man1"} {
		if err := os.MkdirAll(filepath.Join(r.extras(), folder), 0o750); err != nil {
			return err
		}
	}
	for shell, file := range completions {
		script, err := output(ctx, r.work, nil, command, "completion", shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.extras(), filepath.FromSlash(file)), []byte(script+"\n"), 0o600); err != nil {
			return err
		}
	}
	date := "SOURCE_DATE_EPOCH=" + strconv.FormatInt(r.source.time.Unix(), 10)
	if _, err := output(ctx, r.work, []string{date}, command, "man", filepath.Join(r.extras(), "man", "man1")); err != nil {
		return err
	}
	return errors.Join(r.copyPage("LICENSE", r.extras()), r.copyPage("README.md", r.extras()))
}
