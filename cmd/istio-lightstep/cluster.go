package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	// Clusters of clouds log in by plugins and tokens of their own.
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/klog/v2"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// clusterFlags are those of kubectl that say which cluster to ask, and as whom.
type clusterFlags struct{ *genericclioptions.ConfigFlags }

func newClusterFlags() clusterFlags {
	return clusterFlags{&genericclioptions.ConfigFlags{
		KubeConfig: new(string), Context: new(string), Impersonate: new(string), ImpersonateGroup: new([]string),
		Timeout: new("0"),
	}}
}

// clusterUsages are the descriptions of the flags: kubectl's own are longer.
var clusterUsages = map[string]string{
	"kubeconfig":      "kubeconfig `file` (default as kubectl)",
	"context":         "`name` of the kubeconfig context (default the current one)",
	"as":              "`user` to impersonate",
	"as-group":        "`group` to impersonate (repeatable)",
	"request-timeout": "`time` to wait for one request, such as 1m (default 30s)",
	"namespace":       "check only the workloads of this `namespace` (default all)",
}

func (c clusterFlags) register(command *cobra.Command) {
	flags := command.Flags()
	c.AddFlags(flags)
	c.fromHelm()
	for name, usage := range clusterUsages {
		if flag := flags.Lookup(name); flag != nil {
			flag.Usage = usage
		}
	}
	flags.Lookup("request-timeout").DefValue = "" // not 0, which is without a limit for kubectl
	_ = command.RegisterFlagCompletionFunc("context", completed(func() ([]string, error) {
		_, raw, err := c.load()
		return slices.Sorted(maps.Keys(raw.Contexts)), err
	}))
}

// clusterFlagNames are what another command calls the flags about a cluster.
type clusterFlagNames struct{ context, user, group, server, ca, serverName, insecure string }

// forKubectl writes what was said of the cluster, for another command's line. It
// leaves out a token.
func (c clusterFlags) forKubectl() string {
	return c.written(clusterFlagNames{
		context: "--context", user: "--as", group: "--as-group", server: "--server", ca: "--certificate-authority",
		serverName: "--tls-server-name", insecure: "--insecure-skip-tls-verify",
	})
}

// forHelm does so for Helm, which calls some of the flags differently.
func (c clusterFlags) forHelm() string {
	return c.written(clusterFlagNames{
		context: "--kube-context", user: "--kube-as-user", group: "--kube-as-group", server: "--kube-apiserver", ca: "--kube-ca-file",
		serverName: "--kube-tls-server-name", insecure: "--kube-insecure-skip-tls-verify",
	})
}

// forIstioctl does so for istioctl, which has no flag for another server than the context's.
func (c clusterFlags) forIstioctl() string {
	return c.written(clusterFlagNames{context: "--context", user: "--as", group: "--as-group"})
}

func (c clusterFlags) written(names clusterFlagNames) string {
	var flags []string
	add := func(flag string, value *string) {
		if flag != "" && value != nil && *value != "" {
			flags = append(flags, finding.Quote(flag+"="+*value))
		}
	}
	add(names.context, c.Context)
	add("--kubeconfig", c.KubeConfig)
	add(names.user, c.Impersonate)
	for _, group := range *c.ImpersonateGroup {
		add(names.group, &group)
	}
	add(names.server, c.APIServer)
	add(names.ca, c.CAFile)
	add(names.serverName, c.TLSServerName)
	if c.Insecure != nil && names.insecure != "" {
		flags = append(flags, names.insecure+"=true")
	}
	return strings.Join(flags, " ")
}

// connect gives the cluster, to which requests tell the command they are of.
func (c clusterFlags) connect(command string) (*mesh.Cluster, error) {
	klog.SetLogger(klog.Logger{}) // what fails is told by us
	config, err := c.config()
	if err != nil {
		return nil, fmt.Errorf("find the cluster: %w", err)
	}
	config.UserAgent = "istio-lightstep/" + version() + " " + command
	return mesh.NewCluster(config)
}

func (c clusterFlags) config() (*rest.Config, error) {
	if limit, err := clientcmd.ParseTimeout(*c.Timeout); err != nil || limit < 0 {
		return nil, errors.New("--request-timeout takes a duration, such as 10s")
	}
	loader, raw, err := c.load()
	if err != nil {
		return nil, err
	}
	if err := readableCredentials(&raw, *c.Context); err != nil {
		return nil, err
	}
	if c.CAFile != nil {
		if err := readable(*c.CAFile, bounded.Secret); err != nil {
			return nil, fmt.Errorf("the certificate authority: %w", err)
		}
	}
	config, err := loader.ClientConfig()
	switch {
	case err == nil && (config.Host != nowhere || c.APIServer != nil), err != nil && !clientcmd.IsEmptyConfig(err):
		return config, err
	case len(raw.Contexts) > 0:
		return nil, errors.New("the kubeconfig has no current context: give --context")
	default:
		return nil, errors.New("there is no kubeconfig: give --kubeconfig, or set KUBECONFIG as for kubectl")
	}
}

// nowhere is the server that kubectl asks where nothing names one.
const nowhere = "http://localhost:8080"

// load reads the kubeconfig. client-go reads files without a bound, so each is
// looked at before it is read.
func (c clusterFlags) load() (clientcmd.ClientConfig, api.Config, error) {
	loader := c.ToRawKubeConfigLoader()
	for _, name := range loader.ConfigAccess().GetLoadingPrecedence() {
		if err := readable(name, bounded.Document); err != nil {
			return nil, api.Config{}, fmt.Errorf("kubeconfig %w", err)
		}
	}
	raw, err := loader.RawConfig()
	if clientcmd.IsEmptyConfig(err) {
		err = nil
	}
	return loader, raw, err
}

// readableCredentials looks at the files that a kubeconfig's context names.
func readableCredentials(raw *api.Config, name string) error {
	if name == "" {
		name = raw.CurrentContext
	}
	context := raw.Contexts[name]
	if context == nil {
		return nil // client-go reports it
	}
	var problems []error
	look := func(key, file string) {
		if err := readable(file, bounded.Secret); err != nil {
			problems = append(problems, fmt.Errorf("%s of the kubeconfig: %w", key, err))
		}
	}
	if cluster := raw.Clusters[context.Cluster]; cluster != nil {
		look("certificate-authority", cluster.CertificateAuthority)
	}
	if user := raw.AuthInfos[context.AuthInfo]; user != nil {
		look("client-certificate", user.ClientCertificate)
		look("client-key", user.ClientKey)
		look("tokenFile", user.TokenFile)
	}
	return errors.Join(problems...)
}

// readable refuses what can't be read whole in bounded time and memory. A file
// that is not there is left to client-go: some may be missing.
func readable(name string, limit int) error {
	if name == "" {
		return nil
	}
	if err := bounded.Regular(name, limit); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
