package docs

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// goAction is the one place where jobs get their Go, and what is kept of their
// builds.
const goAction = ".github/actions/go"

// workflowStep is a step of a job, or of an action of this repository.
type workflowStep struct {
	ID, Uses, Run, If string
	With              map[string]any
}

// workflows gives the steps of each job, by workflow and job.
func workflows(t *testing.T) map[string]map[string][]workflowStep {
	t.Helper()
	files, err := filepath.Glob(root + "/.github/workflows/*.yaml")
	require.NoError(t, err)
	all := map[string]map[string][]workflowStep{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var workflow struct {
			Jobs map[string]struct{ Steps []workflowStep }
		}
		require.NoError(t, yaml.Unmarshal(text, &workflow), file)
		jobs := map[string][]workflowStep{}
		for name, job := range workflow.Jobs {
			jobs[name] = job.Steps
		}
		all[filepath.Base(file)] = jobs
	}
	require.NotEmpty(t, all)
	return all
}

// running gives the jobs that run a target of make, as workflow/job.
func running(t *testing.T, target string) []string {
	t.Helper()
	var jobs []string
	for workflow, all := range workflows(t) {
		for job, steps := range all {
			for _, step := range steps {
				for _, call := range makes.FindAllStringSubmatch(step.Run, -1) {
					if slices.Contains(strings.Fields(call[1]), target) {
						jobs = append(jobs, workflow+"/"+job)
					}
				}
			}
		}
	}
	slices.Sort(jobs)
	return jobs
}

// TestJobsGetGoFromOneAction: after the checkout that has the action, and before
// the first target. Builds are kept for pull requests alone, for which people
// wait: what a cache holds is in no release, and what runs at night compiles all
// of it and leaves the room to the pull requests.
func TestJobsGetGoFromOneAction(t *testing.T) {
	jobs := 0
	for workflow, all := range workflows(t) {
		for job, steps := range all {
			name, checkedOut, hasGo, kept := workflow+"/"+job, false, false, false
			for _, step := range steps {
				assert.NotContains(t, step.Uses, "actions/setup-go@", name)
				assert.NotContains(t, step.Uses, "actions/cache", name)
				checkedOut = checkedOut || strings.HasPrefix(step.Uses, "actions/checkout@")
				if step.Uses == "./"+goAction {
					assert.True(t, checkedOut, "%s: the action is in the checkout", name)
					hasGo, kept = true, step.With["cache"] == true
				}
				if strings.Contains(step.Run, "make ") {
					assert.True(t, hasGo, "%s: %s has no Go", name, step.Run)
				}
			}
			if hasGo {
				jobs++
				assert.Equal(t, workflow == "pull-request.yaml", kept, name)
			}
		}
	}
	assert.Greater(t, jobs, 10)
}

// TestContributingTellsWhatRunsWhen: the page names the targets of the workflows,
// and no other.
func TestContributingTellsWhatRunsWhen(t *testing.T) {
	text, err := os.ReadFile(root + "/CONTRIBUTING.md")
	require.NoError(t, err)
	said := regexp.MustCompile(`(?s)A pull request, and each push to .main., runs (.*?)\. At night a workflow runs (.*?)\. `).FindStringSubmatch(string(text))
	require.NotNil(t, said)
	for i, workflow := range []string{"pull-request.yaml", "nightly.yaml"} {
		want, found := map[string]bool{}, map[string]bool{}
		for _, steps := range workflows(t)[workflow] {
			for _, step := range steps {
				for _, call := range makes.FindAllStringSubmatch(step.Run, -1) {
					want[strings.Fields(call[1])[0]] = true
				}
			}
		}
		delete(want, "needs") // what another target calls
		for _, quoted := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(said[i+1], -1) {
			found[strings.Fields(strings.TrimPrefix(strings.ReplaceAll(quoted[1], "\n", " "), "make "))[0]] = true
		}
		assert.Equal(t, want, found, workflow)
	}
}

// TestEachJobKeepsItsOwnBuilds: with one key for all of them, the first to end
// decides what is kept, and the others compile.
func TestEachJobKeepsItsOwnBuilds(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, goAction, "action.yaml"))
	require.NoError(t, err)
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Using string
			Steps []workflowStep
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &action))
	assert.Equal(t, "composite", action.Runs.Using)
	assert.Equal(t, "false", action.Inputs["cache"].Default, "who writes a workflow asks for it")
	require.Len(t, action.Runs.Steps, 3)
	setup, restore, keep := action.Runs.Steps[0], action.Runs.Steps[1], action.Runs.Steps[2]

	assert.Contains(t, setup.Uses, "actions/setup-go@")
	assert.Equal(t, map[string]any{"go-version-file": "go.mod", "cache": false}, setup.With)

	// What a pull request builds is not kept: caches of the repository share 10 GB, and nobody else may read its.
	assert.Contains(t, restore.Uses, "actions/cache/restore@")
	assert.Equal(t, "inputs.cache == 'true' && github.event_name == 'pull_request'", restore.If)
	assert.Contains(t, keep.Uses, "actions/cache@")
	assert.Equal(t, "inputs.cache == 'true' && github.event_name != 'pull_request'", keep.If)
	assert.Equal(t, keep.With, restore.With, "with other paths or another key nothing is found")

	key, again := keep.With["key"].(string), strings.TrimSpace(keep.With["restore-keys"].(string))
	for _, part := range []string{"runner.os", "runner.arch", "github.job", "steps." + setup.ID + ".outputs.go-version"} {
		assert.Contains(t, key, "${{ "+part+" }}")
	}
	assert.True(t, strings.HasPrefix(key, again), "%s does not begin with %s", key, again)
	assert.True(t, strings.HasSuffix(again, "${{ github.job }}."), "no job's name has a dot: none begins with another's key")

	hashed := regexp.MustCompile(`hashFiles\(([^)]*)\)`).FindStringSubmatch(key)
	require.NotNil(t, hashed)
	found := map[string]bool{}
	files, err := Files(root)
	require.NoError(t, err)
	for _, quoted := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(hashed[1], -1) {
		before := len(found)
		// A glob's **/ is any folder or none.
		expression := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(quoted[1]), `\*\*/`, "(.*/)?") + "$")
		for _, file := range files {
			if expression.MatchString(file) {
				found[file] = true
			}
		}
		assert.Greater(t, len(found), before, "%s fits no file", quoted[1])
	}
	pins := map[string]bool{"go.sum": true, "versions.mk": true, "requirements.txt": true, "package-lock.json": true}
	files = slices.DeleteFunc(files, func(file string) bool { return !pins[path.Base(file)] })
	assert.ElementsMatch(t, files, slices.Collect(maps.Keys(found)))
}
