package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// source is a clone of the repository at the commit that is released, with the
// tag. Go writes tag and commit into binaries that are built there.
type source struct {
	folder, commit string
	time           time.Time
}

// chartFolder is the chart's, from the root of the repository.
const chartFolder = "charts/istio-lightstep"

// checkout clones the current commit. A commit that has the tag already is right;
// one that has not is tagged in the clone alone.
func checkout(ctx context.Context, root, folder, tag string, dry bool) (source, error) {
	git := func(folder string, args ...string) (string, error) {
		return output(ctx, folder, nil, "git", args...)
	}
	commit, err := git(root, "rev-parse", "HEAD")
	if err != nil {
		return source{}, err
	}
	changed, err := git(root, "status", "--porcelain")
	if err != nil {
		return source{}, err
	}
	if changed != "" && !dry {
		return source{}, fmt.Errorf("these files are not committed: commit them, or set DRY=1 to build the last commit\n%s", changed)
	}
	tagged, err := git(root, "tag", "--list", tag, "--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)")
	if err != nil {
		return source{}, err
	}
	if tagged != "" && tagged != commit {
		return source{}, fmt.Errorf("tag %s is at commit %s, not at %s: check out the tag", tag, tagged, commit)
	}
	for _, args := range [][]string{
		{"clone", "--quiet", "--no-checkout", "file://" + root, folder},
		{"-C", folder, "-c", "advice.detachedHead=false", "checkout", "--quiet", commit},
		{"-C", folder, "tag", "--force", "--no-sign", tag, commit},
	} {
		if _, err := git(root, args...); err != nil {
			return source{}, err
		}
	}
	seconds, err := git(folder, "show", "--no-patch", "--format=%ct", commit)
	if err != nil {
		return source{}, err
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return source{}, err
	}
	return source{folder: folder, commit: commit, time: time.Unix(unix, 0).UTC()}, nil
}

// check gives every reason why the commit is not a release of the version.
func (s source) check(version string) []error {
	var chart struct{ Version, AppVersion string }
	text, err := os.ReadFile(filepath.Join(s.folder, chartFolder, "Chart.yaml"))
	if err == nil {
		err = yaml.Unmarshal(text, &chart)
	}
	if err != nil {
		return []error{err}
	}
	var problems []error
	for key, value := range map[string]string{"version": chart.Version, "appVersion": chart.AppVersion} {
		if value != version {
			problems = append(problems, fmt.Errorf("%s of %s/Chart.yaml is %s, not %s: run make release-commit VERSION=%s",
				key, chartFolder, value, version, version))
		}
	}
	module, err := os.ReadFile(filepath.Join(s.folder, "go.mod"))
	if err != nil {
		return append(problems, err)
	}
	for line := range strings.Lines(string(module)) {
		if strings.HasPrefix(line, "replace") {
			problems = append(problems, errors.New("go.mod replaces a module, and go install refuses such modules: remove the replacement"))
		}
	}
	return problems
}

// edit is a change of a file of the repository.
type edit struct {
	file  string
	apply func(text, version, date string) (string, error)
}

// edits are all that name the version by hand; make generate golden does the rest.
var edits = []edit{
	{chartFolder + "/Chart.yaml", inPlace(`(?m)^(version|appVersion): \S+$`, "$1: VERSION", 2)},
	{"test/offline/images/images.yaml", inPlace(`(?m)^- name: `+regexp.QuoteMeta(officialImage)+`:\S+$`, "- name: "+officialImage+":VERSION", 1)},
}

// finals are those of a release that is not a pre-release: what follows the
// project by a range of versions does not get to a pre-release, and the section
// Unreleased of CHANGELOG.md stays open until the release.
var finals = []edit{
	{"CHANGELOG.md", closeSection},
	{"docs/gitops.md", minors},
	{"examples/fleet/argocd/applicationset.yaml", minors},
	{"examples/fleet/flux/chart.yaml", minors},
	{"examples/fleet/rancher/istio-lightstep/fleet.yaml", inPlace(`(?m)^  version: \S+$`, "  version: VERSION", 1)},
}

var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// WriteVersion writes a version into the files of the repository at root, and
// closes the section Unreleased of CHANGELOG.md with today's date, unless it is
// that of a pre-release. An error says which file lacks what.
func WriteVersion(root, version string) error {
	if !semantic.MatchString(version) {
		return fmt.Errorf("VERSION %q is not a version: set it to one such as 0.1.0", version)
	}
	date := time.Now().UTC().Format(time.DateOnly)
	all := edits
	if !prerelease(version) {
		all = slices.Concat(edits, finals)
	}
	changed := map[string]string{}
	for _, e := range all {
		file := filepath.Join(root, filepath.FromSlash(e.file))
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if changed[file], err = e.apply(string(text), version, date); err != nil {
			return fmt.Errorf("%s: %w", e.file, err)
		}
	}
	for file, text := range changed {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	if prerelease(version) {
		return nil
	}
	return publishPages(root)
}

// prerelease says whether a version is one, such as 0.2.0-rc.1.
func prerelease(version string) bool { return strings.Contains(version, "-") }

// inPlace replaces what a pattern finds, which must be so many times.
func inPlace(pattern, with string, times int) func(text, version, date string) (string, error) {
	find := regexp.MustCompile(pattern)
	return func(text, version, _ string) (string, error) {
		if found := len(find.FindAllString(text, -1)); found != times {
			return "", fmt.Errorf("%d lines match %s, not %d", found, pattern, times)
		}
		return find.ReplaceAllString(text, strings.ReplaceAll(with, "VERSION", version)), nil
	}
}

// ranges are those of chart versions that Argo CD and Flux are told.
var ranges = regexp.MustCompile(`(?m)((?:targetRevision|semver): )\d+\.\d+\.(\*|x)$`)

// minors has such ranges be of the version's minor.
func minors(text, version, _ string) (string, error) {
	if !ranges.MatchString(text) {
		return "", errors.New("no range of versions")
	}
	minor := version[:strings.LastIndex(version, ".")]
	return ranges.ReplaceAllString(text, "${1}"+minor+".$2"), nil
}

const open = "## [Unreleased]\n"

func closeSection(text, version, date string) (string, error) {
	if strings.Contains(text, "## ["+version+"] - ") {
		return text, nil
	}
	before, after, found := strings.Cut(text, open)
	if !found {
		return "", errors.New("no section ## [Unreleased]")
	}
	head, links, found := strings.Cut(after, "\n[Unreleased]: ")
	if !found {
		return "", errors.New("no link [Unreleased] at the end")
	}
	if entries, _, _ := strings.Cut("\n"+head, "\n## "); strings.TrimSpace(entries) == "" {
		return "", errors.New("## [Unreleased] has no entries: write there what changed since the last release")
	}
	_, links, _ = strings.Cut(links, "\n")
	return before + open + "\n## [" + version + "] - " + date + "\n" + head +
		"\n[Unreleased]: " + repository + "/compare/v" + version + "...main\n" +
		"[" + version + "]: " + repository + "/releases/tag/v" + version + "\n" + links, nil
}
