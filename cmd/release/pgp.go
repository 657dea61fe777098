package release

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"helm.sh/helm/v4/pkg/provenance"
)

// pgpKey is the OpenPGP key of a release: Helm verifies charts and plugins by
// OpenPGP alone.
type pgpKey struct {
	// public is the public key as every Helm reads a keyring: not armored.
	public []byte
	// fingerprint is in hexadecimal, as Artifact Hub and Helm show it.
	fingerprint string
	// signer is the secret key that signs, decrypted: the key itself, or its newest
	// subkey for signatures. A key that was read for a dry run has none.
	signer *packet.PrivateKey
}

// readPGPKey reads the only key of a file, armored or not. It must be a secret key
// that can sign now, unless nothing is to be signed: then a public key is enough,
// with which anyone builds the same chart again.
func readPGPKey(file string, signs bool) (pgpKey, error) {
	key, err := readPGP(file, signs)
	if err != nil {
		return pgpKey{}, fmt.Errorf("PGP_KEY: %s: %w", file, err)
	}
	return key, nil
}

func readPGP(file string, signs bool) (pgpKey, error) {
	packets, err := os.ReadFile(file)
	if err != nil {
		return pgpKey{}, errors.Unwrap(err) // without the file's name, which is there already
	}
	if block, err := armor.Decode(bytes.NewReader(packets)); err == nil {
		if packets, err = io.ReadAll(block.Body); err != nil {
			return pgpKey{}, err
		}
	}
	keys, err := openpgp.ReadKeyRing(bytes.NewReader(packets))
	if err != nil {
		return pgpKey{}, fmt.Errorf("it is not an OpenPGP key: %w", err)
	}
	if len(keys) != 1 {
		return pgpKey{}, fmt.Errorf("it has %d keys: export one alone", len(keys))
	}
	key := pgpKey{fingerprint: fmt.Sprintf("%X", keys[0].PrimaryKey.Fingerprint)}
	if key.public, err = publicPackets(packets); err != nil || !signs {
		return key, err
	}
	signing, can := keys[0].SigningKey(time.Now())
	switch {
	case !can:
		return pgpKey{}, errors.New("it cannot sign: it has expired, was revoked, or is not for signatures")
	case signing.PrivateKey == nil || signing.PrivateKey.Dummy():
		return pgpKey{}, fmt.Errorf("the secret key %X is not in it: export the secret key", signing.PublicKey.Fingerprint)
	}
	key.signer = signing.PrivateKey
	if !key.signer.Encrypted {
		return key, nil
	}
	passphrase, set := os.LookupEnv("PGP_PASSPHRASE")
	if !set {
		return pgpKey{}, errors.New("PGP_PASSPHRASE is not set: set it to the passphrase of the key")
	}
	if err := key.signer.Decrypt([]byte(passphrase)); err != nil {
		return pgpKey{}, fmt.Errorf("PGP_PASSPHRASE is not the passphrase of the key: %w", err)
	}
	return key, nil
}

// The packets of a key, by their numbers in RFC 9580. Others are not for the
// public, or unknown.
const (
	signaturePacket    = 2
	secretKeyPacket    = 5
	publicKeyPacket    = 6
	secretSubkeyPacket = 7
	userIDPacket       = 13
	publicSubkeyPacket = 14
	userImagePacket    = 17
)

// publicPackets gives the public key of a key, whose packets stay in their order:
// the same bytes for a secret key and its public key.
func publicPackets(key []byte) ([]byte, error) {
	var public bytes.Buffer
	reader := packet.NewOpaqueReader(bytes.NewReader(key))
	for {
		next, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return public.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		switch next.Tag {
		case secretKeyPacket, secretSubkeyPacket:
			parsed, err := next.Parse()
			if err != nil {
				return nil, err
			}
			secret, ok := parsed.(*packet.PrivateKey)
			if !ok {
				return nil, fmt.Errorf("packet %d is not a secret key", next.Tag)
			}
			if err := secret.PublicKey.Serialize(&public); err != nil {
				return nil, err
			}
		case signaturePacket, publicKeyPacket, userIDPacket, publicSubkeyPacket, userImagePacket:
			if err := next.Serialize(&public); err != nil {
				return nil, err
			}
		}
	}
}

// keyring is the file of the public key.
func (r *release) keyring() string { return r.asset(project, ".gpg") }

// signKey is what Artifact Hub shows of the key.
type signKey struct {
	Fingerprint string `json:"fingerprint"`
	URL         string `json:"url"`
}

func (r *release) signKey() signKey {
	return signKey{r.pgp.fingerprint, repository + "/releases/download/" + r.tag() + "/" + filepath.Base(r.keyring())}
}

// writeKeyring writes the public key, if the release has one.
func (r *release) writeKeyring() error {
	if r.pgp == nil {
		return nil
	}
	return os.WriteFile(r.keyring(), r.pgp.public, 0o600)
}

// provable is an archive that Helm verifies, with the document in it that Helm
// writes into the signed text too.
type provable struct {
	archive  string
	document []byte
}

// writeProvenance writes beside each archive that Helm verifies what Helm verifies
// it with. It is Helm's own code, because `helm package` makes a chart anew for each
// signature, and `helm plugin package` an archive that knows who made it and when.
func (r *release) writeProvenance() error {
	if r.pgp == nil {
		return nil
	}
	helm := provenance.Signatory{Entity: &openpgp.Entity{PrivateKey: r.pgp.signer}}
	for _, p := range r.provables {
		content, err := os.ReadFile(p.archive)
		if err != nil {
			return err
		}
		signed, err := helm.ClearSign(content, filepath.Base(p.archive), p.document)
		if err != nil {
			return err
		}
		if err := os.WriteFile(p.archive+".prov", []byte(signed), 0o600); err != nil {
			return err
		}
	}
	return nil
}
