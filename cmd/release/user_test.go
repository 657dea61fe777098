//go:build release

package release

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/crane"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/docs"
)

// TestRelease publishes a release of this tree and uses it as people do.
func TestRelease(t *testing.T) {
	r := publish(t)
	for name, uses := range map[string]func(*testing.T, released){
		"SameBytes":  sameBytes,
		"Signatures": signatures,
		"OpenPGP":    verifiesOpenPGP,
		"Image":      runsImage,
		"Chart":      installsChart,
		"Readme":     followsReadme,
		"Archives":   usesArchives,
		"HelmPlugin": usesHelmPlugins,
		"Krew":       usesKrew,
		"Go":         usesGo,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uses(t, r)
		})
	}
}

// sameBytes compares all that both builds of the commit wrote. Only signatures
// are of one time.
func sameBytes(t *testing.T, r released) {
	t.Helper()
	published, err := membersOf(r.dist)
	require.NoError(t, err)
	compared := 0
	for _, file := range published {
		if strings.HasSuffix(file.name, ".sigstore.json") || strings.HasSuffix(file.name, ".prov") {
			continue
		}
		first, err := os.ReadFile(filepath.Join(r.dry, filepath.FromSlash(file.name)))
		require.NoError(t, err)
		second, err := os.ReadFile(file.from)
		require.NoError(t, err)
		assert.Equal(t, len(first), len(second), file.name)
		assert.True(t, string(first) == string(second), "%s differs from build to build", file.name)
		compared++
	}
	// Archives, two plugins and SBOMs of each platform, the chart, its public key, Krew's manifest, checksums, provenance, notes, and an image
	// of two platforms.
	assert.Equal(t, 4*len(platforms)+1+1+1+1+1+1+8, compared, "files of a release")
}

func signatures(t *testing.T, r released) {
	t.Helper()
	cosign := program(t, "COSIGN")
	trust := []string{"--key", r.key, "--private-infrastructure"}
	verify := func(key []string, command string, args ...string) (string, error) {
		return try(t.Context(), r.dist, nil, cosign, append(append([]string{command}, key...), args...)...)
	}
	image, chart := r.registry+"/istio-lightstep:"+version, r.registry+"/charts/istio-lightstep:"+version
	for _, reference := range []string{image, chart} {
		printed, err := verify(trust, "verify", reference)
		require.NoError(t, err, printed)
		printed, err = verify(trust, "verify-attestation", "--type", "slsaprovenance1", reference)
		require.NoError(t, err, printed)
	}
	for _, p := range imagePlatforms {
		digest, err := crane.Digest(image, crane.WithPlatform(&v1.Platform{OS: p.os, Architecture: p.arch}))
		require.NoError(t, err)
		printed, err := verify(trust, "verify-attestation", "--type", "cyclonedx", r.registry+"/istio-lightstep@"+digest)
		require.NoError(t, err, printed)
	}
	assets := filepath.Join(r.dist, "assets")
	for _, file := range []string{checksums, project + "_" + version + ".intoto.json"} {
		printed, err := verify(trust, "verify-blob", "--bundle", filepath.Join(assets, file+".sigstore.json"), filepath.Join(assets, file))
		require.NoError(t, err, printed)
	}
	run(t, assets, nil, "sha256sum", "--check", "--strict", checksums)

	// Nobody else's key will do.
	other := t.TempDir()
	run(t, other, nil, cosign, "generate-key-pair")
	wrong := []string{"--key", filepath.Join(other, "cosign.pub"), "--private-infrastructure"}
	_, err := verify(wrong, "verify", image)
	require.Error(t, err)
	_, err = verify(wrong, "verify-blob", "--bundle", filepath.Join(assets, checksums+".sigstore.json"), filepath.Join(assets, checksums))
	require.Error(t, err)
}

// runsImage takes the image apart, as no container engine is needed for a static
// program on an empty root.
func runsImage(t *testing.T, r released) {
	t.Helper()
	for _, p := range imagePlatforms {
		image, err := crane.Pull(r.registry+"/istio-lightstep:"+version, crane.WithPlatform(&v1.Platform{OS: p.os, Architecture: p.arch}))
		require.NoError(t, err)
		config, err := image.ConfigFile()
		require.NoError(t, err)
		assert.Equal(t, "65532:65532", config.Config.User)
		assert.Equal(t, p.arch, config.Architecture)
		root := t.TempDir()
		archive, err := os.Create(filepath.Join(root, "root.tar"))
		require.NoError(t, err)
		require.NoError(t, crane.Export(image, archive))
		require.NoError(t, archive.Close())
		run(t, root, nil, "tar", "-xf", "root.tar")
		assert.FileExists(t, filepath.Join(root, "etc/ssl/certs/ca-certificates.crt"))
		assert.FileExists(t, filepath.Join(root, "licenses", "LICENSE"))
		assert.FileExists(t, filepath.Join(root, "licenses", licensesFile))
		if p == here() {
			printed := run(t, root, nil, filepath.Join(root, config.Config.Entrypoint[0]), "version")
			assert.Contains(t, printed, "Version: v"+version)
		}
	}
}

// installsChart renders the chart from the registry with both Helms. The command
// of the same release renders the same.
func installsChart(t *testing.T, r released) {
	t.Helper()
	chart := "oci://" + r.registry + "/charts/istio-lightstep"
	folder := t.TempDir()
	run(t, folder, nil, "tar", "-xzf", archiveOf(r, here()))
	values := filepath.Join(r.root, "examples", "istio-1.26", "values.yaml")
	want := run(t, folder, nil, filepath.Join(folder, here().file()), "render", "--hooks", "-f", values, "--kube-version", os.Getenv("KUBE_VERSION"))
	for _, helm := range []string{"HELM3", "HELM4"} {
		home := t.TempDir()
		env := []string{"HELM_CACHE_HOME=" + home, "HELM_CONFIG_HOME=" + home, "HELM_DATA_HOME=" + home}
		got, err := output(t.Context(), home, env, program(t, helm), "template", "istio-lightstep", chart, "--version", version, "--plain-http",
			"-n", "istio-system", "-f", values, "--kube-version", os.Getenv("KUBE_VERSION"))
		require.NoError(t, err)
		assert.Equal(t, documents(want), documents(got), helm)

		run(t, home, env, program(t, helm), "pull", chart, "--version", version, "--plain-http")
		pulled, err := os.ReadFile(filepath.Join(home, "istio-lightstep-"+version+".tgz"))
		require.NoError(t, err)
		made, err := os.ReadFile(filepath.Join(r.dist, "assets", "istio-lightstep-"+version+".tgz"))
		require.NoError(t, err)
		assert.True(t, string(made) == string(pulled), "%s pulls another chart", helm)
	}
	shown, err := output(t.Context(), folder, nil, program(t, "HELM4"), "show", "chart", chart, "--version", version, "--plain-http")
	require.NoError(t, err)
	var metadata struct {
		Version, AppVersion string
		Annotations         map[string]string
	}
	require.NoError(t, yaml.Unmarshal([]byte(shown), &metadata))
	assert.Equal(t, version, metadata.Version)
	assert.Equal(t, version, metadata.AppVersion)
	digest, err := crane.Digest(r.registry + "/istio-lightstep:" + version)
	require.NoError(t, err)
	assert.Contains(t, metadata.Annotations["artifacthub.io/images"], officialImage+":"+version+"@"+digest)
	var changes []change
	require.NoError(t, yaml.Unmarshal([]byte(metadata.Annotations["artifacthub.io/changes"]), &changes))
	assert.NotEmpty(t, changes)
}

// followsReadme types what the README and the chart's have of the chart in the
// registry, with both Helms. An install is rendered: the end-to-end tests have a cluster.
func followsReadme(t *testing.T, r released) {
	t.Helper()
	blocks, err := docs.Read(r.root)
	require.NoError(t, err)
	const official = "oci://ghcr.io/istio-lightstep/charts/istio-lightstep"
	for _, helm := range []string{"HELM3", "HELM4"} {
		folder := t.TempDir()
		run(t, folder, nil, "tar", "-xzf", archiveOf(r, here()))
		w, err := docs.NewWorkspace(r.root, folder, map[string]string{
			"helm": program(t, helm), "istio-lightstep": filepath.Join(folder, here().file()),
		})
		require.NoError(t, err)
		for _, kind := range []string{"CACHE", "CONFIG", "DATA"} {
			w.Setenv("HELM_"+kind+"_HOME", filepath.Join(folder, kind))
		}
		w.Placeholders[official] = "oci://" + r.registry + "/charts/istio-lightstep --plain-http"
		typed := 0
		for _, block := range blocks {
			for _, s := range block.Statements {
				if !slices.Contains([]string{"README.md", "charts/istio-lightstep/README.md"}, block.Page) || !strings.Contains(s.Text, official) {
					continue
				}
				typed++
				printed, err := w.Run(t.Context(), strings.Replace(s.Text, "helm install", "helm template", 1), "")
				if s.Shows == "" {
					require.NoError(t, err, "%s with %s", block, helm)
					continue
				}
				require.Error(t, err, "%s with %s", block, helm)
				assert.Contains(t, printed, "2 problems to fix")
			}
		}
		assert.Equal(t, 6, typed, "commands of both that name the chart in the registry")
	}
}

// documents leaves out the comments that name a document's template, and spaces
// at ends, in which Helm 3 and Helm 4 differ.
func documents(text string) []string {
	var all []string
	for document := range strings.SplitSeq("\n"+text, "\n---\n") {
		var lines []string
		for line := range strings.Lines(document) {
			if line = strings.TrimRight(line, " \n"); line != "" && !strings.HasPrefix(line, "# Source: ") && line != "---" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			all = append(all, strings.Join(lines, "\n"))
		}
	}
	return all
}

func archiveOf(r released, p platform) string {
	end := ".tar.gz"
	if p.os == "windows" {
		end = ".zip"
	}
	return filepath.Join(r.dist, "assets", project+"_"+version+"_"+p.os+"_"+p.arch+end)
}

func usesArchives(t *testing.T, r released) {
	t.Helper()
	for _, p := range platforms {
		folder := t.TempDir()
		if p.os == "windows" {
			run(t, folder, nil, "python3", "-m", "zipfile", "-e", archiveOf(r, p), folder)
		} else {
			run(t, folder, nil, "tar", "-xzf", archiveOf(r, p))
		}
		for _, file := range []string{"LICENSE", "README.md", "man/man1/istio-lightstep.1", "man/man1/istio-lightstep-doctor-mesh.1"} {
			assert.FileExists(t, filepath.Join(folder, file), p)
		}
		for shell, file := range completions {
			assert.FileExists(t, filepath.Join(folder, file), "%s on %s", shell, p)
		}
		built := run(t, folder, nil, "go", "version", "-m", p.file())
		assertLicenses(t, filepath.Join(folder, licensesFile), built)
		assert.Contains(t, built, "\tmod\tgithub.com/istio-lightstep/istio-lightstep\tv"+version+"\t")
		assert.Contains(t, built, "vcs.modified=false")
		assert.Contains(t, built, "GOARCH="+p.arch)
		assert.NotContains(t, built, r.root)
		if p == here() {
			var printed struct{ Version, Platform string }
			require.NoError(t, json.Unmarshal([]byte(run(t, folder, nil, filepath.Join(folder, p.file()), "version", "-o", "json")), &printed))
			assert.Equal(t, "v"+version, printed.Version)
		}
	}
}

// assertLicenses wants the terms of every module that `go version -m` lists.
func assertLicenses(t *testing.T, file, built string) {
	t.Helper()
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	modules := regexp.MustCompile(`(?m)^\tdep\t(\S+)\t(\S+)`).FindAllStringSubmatch(built, -1)
	require.Greater(t, len(modules), 50)
	for _, module := range modules {
		assert.Regexp(t, `(?m)^`+regexp.QuoteMeta(module[1]+" "+module[2])+`\n-{80}\n\S+\n\n\s*\S`, string(page))
	}
	assert.Regexp(t, `(?m)^the Go standard library go\S+\n-{80}\nLICENSE\n\n.*The Go Authors`, string(page))
	assert.Contains(t, string(page), "\ngolang.org/x/crypto/x509roots/fallback ", "of what the image has")
}

// usesHelmPlugins installs the plugin, by Helm 4 from a URL.
func usesHelmPlugins(t *testing.T, r released) {
	t.Helper()
	files := http.FileServer(http.Dir(filepath.Join(r.dist, "assets")))
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream") // as GitHub has it for files of a release
		files.ServeHTTP(w, request)
	}))
	t.Cleanup(page.Close)
	values := filepath.Join(r.root, "examples", "istio-1.26", "values.yaml")
	name := func(archive string) string {
		return archive + "_" + version + "_" + here().os + "_" + here().arch + ".tgz"
	}
	for with, install := range map[string]func(home string) []string{
		// GitHub says that its files are application/octet-stream, and Helm 3 takes no such file from a server.
		"HELM3": func(home string) []string {
			folder := filepath.Join(home, "helm-lightstep")
			require.NoError(t, os.Mkdir(folder, 0o750))
			run(t, folder, nil, "tar", "-xzf", filepath.Join(r.dist, "assets", name("helm3-lightstep")))
			return []string{folder}
		},
		"HELM4": func(string) []string { return []string{page.URL + "/" + name("helm-lightstep"), "--verify=false"} },
	} {
		home, helm := t.TempDir(), program(t, with)
		env := []string{"HELM_CACHE_HOME=" + home + "/c", "HELM_CONFIG_HOME=" + home + "/o", "HELM_DATA_HOME=" + home + "/d"}
		run(t, home, env, helm, append([]string{"plugin", "install"}, install(home)...)...)
		assert.Contains(t, run(t, home, env, helm, "plugin", "list"), version)
		assert.Contains(t, run(t, home, env, helm, "lightstep", "version"), "Version: v"+version)
		// Helm takes the namespace out of the arguments, and gives it as a variable.
		rendered := run(t, home, env, helm, "lightstep", "render", "-f", values, "-n", "elsewhere")
		assert.Contains(t, rendered, `namespace: "elsewhere"`, with)
		rendered = run(t, home, env, helm, "lightstep", "render", "-f", values)
		assert.Contains(t, rendered, `namespace: "istio-system"`, with)
	}
}

func usesKrew(t *testing.T, r released) {
	t.Helper()
	root := t.TempDir()
	env := []string{"KREW_ROOT=" + root, "KREW_NO_UPGRADE_CHECK=1"}
	run(t, root, env, program(t, "KREW"), "install", "--manifest", filepath.Join(r.dist, "assets", "krew.yaml"), "--archive", archiveOf(r, here()))
	assert.Contains(t, run(t, root, env, filepath.Join(root, "bin", "kubectl-lightstep"), "version"), "Version: v"+version)
}

// serveModule writes a module of the repository as a proxy serves it.
func serveModule(t *testing.T, proxy, root, subfolder string) {
	t.Helper()
	tag := "v" + version
	name := path.Join("github.com/istio-lightstep/istio-lightstep", subfolder)
	folder := filepath.Join(proxy, filepath.FromSlash(name), "@v")
	require.NoError(t, os.MkdirAll(folder, 0o750))
	mod, err := os.ReadFile(filepath.Join(root, subfolder, "go.mod"))
	require.NoError(t, err)
	for file, content := range map[string]string{"list": tag + "\n", tag + ".info": `{"Version":"` + tag + `"}`, tag + ".mod": string(mod)} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600))
	}
	zip, err := os.Create(filepath.Join(folder, tag+".zip"))
	require.NoError(t, err)
	require.NoError(t, modzip.CreateFromVCS(zip, module.Version{Path: name, Version: tag}, root, "HEAD", subfolder))
	require.NoError(t, zip.Close())
}

// usesGo gets the module from a proxy, as `go get` and `go install` do.
func usesGo(t *testing.T, r released) {
	t.Helper()
	folder := t.TempDir()
	const own = "github.com/istio-lightstep/istio-lightstep"
	proxy := filepath.Join(folder, "proxy")
	for _, subfolder := range []string{"", "test/spantest"} {
		serveModule(t, proxy, r.root, subfolder)
	}
	settings, err := output(t.Context(), folder, nil, "go", "env", "GOMODCACHE", "GOPROXY")
	require.NoError(t, err)
	cache, others, _ := strings.Cut(settings, "\n")
	env := []string{
		// With -trimpath packages are the same ones, wherever they lie, as those that the release was compiled of.
		"GOFLAGS=-modcacherw -trimpath", "GOWORK=off", "CGO_ENABLED=0", "GOBIN=" + folder, "GOMODCACHE=" + filepath.Join(folder, "mod"), "GOSUMDB=off",
		"GOPROXY=file://" + proxy + ",file://" + cache + "/cache/download," + others,
	}
	run(t, folder, env, "go", "install", own+"/cmd/istio-lightstep@latest")
	assert.Contains(t, run(t, folder, nil, filepath.Join(folder, "istio-lightstep"), "version"), "Version: v"+version)

	user := filepath.Join(folder, "user")
	require.NoError(t, os.Mkdir(user, 0o750))
	program := "package main\n\nimport \"" + own + "/pkg/render\"\n\nfunc main() {\n\tif _, err := render.New(); err != nil {\n\t\tpanic(err)\n\t}\n}\n"
	require.NoError(t, os.WriteFile(filepath.Join(user, "main.go"), []byte(program), 0o600))
	run(t, user, env, "go", "mod", "init", "example.com/user")
	run(t, user, env, "go", "get", own+"@v"+version, own+"/test/spantest@v"+version)
	run(t, user, env, "go", "mod", "tidy")
	run(t, user, env, "go", "run", ".")
}
