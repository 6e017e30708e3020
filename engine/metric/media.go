package metric

import "tacho/engine/record"

// mediaDefs are about pictures, sounds and videos in requests and answers.
var mediaDefs = []Def{
	{
		Tag: NumImages, Header: "Number of Images", Short: "Num Images",
		Doc:  "Images in the request; absent without any.",
		Unit: Images, Kind: PerRecord,
		Flags:  Integer | NeedsImages | InRecords,
		Record: recordImages,
	},
	{
		Tag: ImageThroughput, Header: "Image Throughput", Short: "Image Throughput",
		Doc:  "num_images / request_latency in seconds.",
		Unit: ImagesPerSec, Kind: PerRecord, Group: GroupDefault, Order: 860,
		Flags:  NeedsImages | InRecords,
		Needs:  []Tag{NumImages, RequestLatency},
		Record: recordImageThroughput,
	},
	{
		Tag: ImageLatency, Header: "Image Latency", Short: "Image Latency",
		Doc:  "request_latency / num_images.",
		Unit: MillisPerImage, Kind: PerRecord, Group: GroupDefault, Order: 861,
		Flags:  NeedsImages | InRecords,
		Needs:  []Tag{NumImages, RequestLatency},
		Record: recordImageLatency,
	},
	{
		Tag: AudioDuration, Header: "Audio Duration", Short: "Audio Dur",
		Doc:  "Length of the audio in the request, where the data set says it.",
		Unit: Seconds, Kind: PerRecord, Order: 870,
		Flags:  NeedsAudio | InRecords,
		Record: recordAudio,
	},
	{
		Tag: RTFx, Header: "Inverse Real-Time Factor (RTFx)", Short: "RTFx",
		Doc:  "audio_duration / request_latency in seconds: how many times faster than real time.",
		Unit: Ratio, Kind: PerRecord, Group: GroupDefault, Order: 850,
		Flags:  LargerIsBetter | NeedsAudio | InRecords,
		Needs:  []Tag{AudioDuration, RequestLatency},
		Record: recordRTFx,
	},
	{
		Tag: VideoInferenceTime, Header: "Video Inference Time", Short: "Inference Time",
		Doc:    "Time the server says that it took to make the video.",
		Stored: Seconds, Unit: Milliseconds, Kind: PerRecord, Group: GroupDefault, Order: 310,
		Flags:  NeedsVideo | InRecords,
		Record: recordVideoTime,
	},
	{
		Tag: VideoPeakMemory, Header: "Video Peak Memory", Short: "Peak Memory",
		Doc:  "Peak GPU memory that the server says it used for the video.",
		Unit: Megabytes, Kind: PerRecord, Group: GroupDefault, Order: 311,
		Flags:  NeedsVideo | InRecords,
		Record: recordVideoMemory,
	},
}

func recordImages(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return float64(r.Media.Images), r.Media.Images > 0
}

func recordImageThroughput(c *Context, r *record.Record, row *Row) (float64, bool) {
	ms, ok := recordLatency(c, r, row)
	return float64(r.Media.Images) / (ms / 1e3), ok && ms > 0 && r.Media.Images > 0
}

func recordImageLatency(c *Context, r *record.Record, row *Row) (float64, bool) {
	ms, ok := recordLatency(c, r, row)
	return ms / float64(r.Media.Images), ok && r.Media.Images > 0
}

func recordAudio(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return r.Media.AudioSec, r.Media.AudioSec > 0
}

func recordRTFx(c *Context, r *record.Record, row *Row) (float64, bool) {
	ms, ok := recordLatency(c, r, row)
	return r.Media.AudioSec / (ms / 1e3), ok && ms > 0 && r.Media.AudioSec > 0
}

func recordVideoTime(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return r.Media.VideoSec * 1e3, r.Media.VideoSec > 0
}

func recordVideoMemory(_ *Context, r *record.Record, _ *Row) (float64, bool) {
	return r.Media.VideoPeakMB, r.Media.VideoPeakMB > 0
}
