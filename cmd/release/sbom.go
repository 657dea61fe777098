package release

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
	"github.com/CycloneDX/cyclonedx-gomod/pkg/generate/bin"
	"github.com/rs/zerolog"
)

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
