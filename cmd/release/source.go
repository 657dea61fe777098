package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
