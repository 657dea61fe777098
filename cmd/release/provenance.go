package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// checksums is the file of the digests of all others.
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
	s.Subject = append(s.Subject, subject{officialImage, map[string]string{r.image.digest.Algorithm: r.image.digest.Hex}})
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

func (r *release) provenance() predicate {
	p := predicate{
		BuildDefinition: buildDefinition{
			BuildType:          repository + "/blob/" + r.tag() + "/docs/release.md",
			ExternalParameters: map[string]string{"version": r.Version, "source": "git+" + repository + "@refs/tags/" + r.tag()},
			InternalParameters: map[string]string{"go": runtime.Version()},
			ResolvedDependencies: []dependency{{
				URI: "git+" + repository + "@refs/tags/" + r.tag(), Digest: map[string]string{"gitCommit": r.source.commit},
			}},
		},
		RunDetails: runDetails{Builder: map[string]string{"id": repository + "/blob/" + r.tag() + "/Makefile"}},
	}
	// Variables of a workflow of GitHub.
	if workflow := os.Getenv("GITHUB_WORKFLOW_REF"); workflow != "" {
		server := os.Getenv("GITHUB_SERVER_URL")
		p.RunDetails.Builder["id"] = server + "/" + workflow
		p.RunDetails.Metadata = map[string]string{
			"invocationId": server + "/" + os.Getenv("GITHUB_REPOSITORY") + "/actions/runs/" + os.Getenv("GITHUB_RUN_ID"),
		}
	}
	return p
}
