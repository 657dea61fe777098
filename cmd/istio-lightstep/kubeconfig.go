package main

import (
	"errors"
	"fmt"
	"io/fs"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// config gives the cluster that the kubeconfig names. client-go reads files
// without a bound, so each is looked at before it is read.
func (o *meshOptions) config() (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = o.kubeconfig
	for _, name := range rules.GetLoadingPrecedence() {
		if err := readable(name, bounded.Document); err != nil {
			return nil, fmt.Errorf("find the cluster: kubeconfig %w", err)
		}
	}
	overrides := &clientcmd.ConfigOverrides{CurrentContext: o.context}
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	if raw, err := loading.RawConfig(); err == nil {
		if err := readableCredentials(&raw, o.context); err != nil {
			return nil, fmt.Errorf("find the cluster: %w", err)
		}
	}
	config, err := loading.ClientConfig()
	if clientcmd.IsEmptyConfig(err) {
		return nil, errors.New("find the cluster: there is no kubeconfig: give --kubeconfig, or set KUBECONFIG as for kubectl")
	}
	if err != nil {
		return nil, fmt.Errorf("find the cluster: %w", err)
	}
	return config, nil
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
