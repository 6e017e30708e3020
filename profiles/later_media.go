package profiles

// mediaLater are AIPerf's options for media that cannot be used.
func mediaLater() []*Field {
	return later(groupImage, "is not supported; pictures are of noise",
		row{names: "--image-source", kind: typeChoice, tier: 'C', help: "Noise, built-in pictures, or a folder", key: "datasets.images.source", def: "noise"},
		row{names: "--image-source-sampling", kind: typeChoice, tier: 'C', help: "How pictures are drawn from a finite source", key: "datasets.images.source_sampling", def: "random-with-replacement"},
	)
}
