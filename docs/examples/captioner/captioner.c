/* captioner: writes the subtitles (SubRip) of a recording to its standard output.
 *
 *   captioner file:///home/ana/entrevista.wav es
 *
 * Plain GStreamer: the elements are found by name in the registry, what they hear comes as text
 * buffers, and nothing of Centralita's is compiled in or linked. Needs GROQ_API_KEY in the environment,
 * or GROQ_BASE_URL with the address of another server.
 */
#include <gst/gst.h>

typedef struct {
  GMainLoop *loop;
  guint captions;
  int status;
} App;

static void print_time(GstClockTime time) {
  g_print("%02u:%02u:%02u,%03u", (guint)(time / (GST_SECOND * 3600)),
          (guint)(time / (GST_SECOND * 60) % 60), (guint)(time / GST_SECOND % 60),
          (guint)(time / GST_MSECOND % 1000));
}

/* The text pad carries one utterance in each buffer, with the time and length of its speech. */
static GstFlowReturn on_text(GstElement *sink, App *app) {
  GstSample *sample = NULL;
  GstBuffer *buffer;
  GstMapInfo map;

  g_signal_emit_by_name(sink, "pull-sample", &sample);
  if (!sample)
    return GST_FLOW_EOS;
  buffer = gst_sample_get_buffer(sample);
  if (buffer && gst_buffer_map(buffer, &map, GST_MAP_READ)) {
    GstClockTime start = GST_BUFFER_PTS(buffer), length = GST_BUFFER_DURATION(buffer);
    if (!GST_CLOCK_TIME_IS_VALID(start))
      start = 0;
    if (!GST_CLOCK_TIME_IS_VALID(length))
      length = 2 * GST_SECOND;
    g_print("%u\n", ++app->captions);
    print_time(start);
    g_print(" --> ");
    print_time(start + length);
    g_print("\n%.*s\n\n", (int)map.size, (const char *)map.data);
    gst_buffer_unmap(buffer, &map);
  }
  gst_sample_unref(sample);
  return GST_FLOW_OK;
}

static gboolean on_message(GstBus *bus, GstMessage *message, gpointer data) {
  App *app = data;
  GError *error = NULL;
  gchar *details = NULL;

  (void)bus;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_EOS:
      g_main_loop_quit(app->loop);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error(message, &error, &details);
      g_printerr("captioner: %s\n%s\n", error->message, details ? details : "");
      app->status = 1;
      g_main_loop_quit(app->loop);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning(message, &error, &details);
      g_printerr("captioner: warning: %s\n", error->message);
      break;
    default:
      break;
  }
  g_clear_error(&error);
  g_free(details);
  return G_SOURCE_CONTINUE;
}

int main(int argc, char **argv) {
  App app = {NULL, 0, 0};
  GError *error = NULL;
  GstElement *pipeline, *source, *transcriber, *captions;
  GstMessage *message;
  GstBus *bus;

  gst_init(&argc, &argv);
  if (argc < 2) {
    g_printerr("usage: captioner URI [LANGUAGE]\n");
    return 2;
  }
  pipeline = gst_parse_launch(
      "uridecodebin name=source ! audioconvert ! audioresample ! voicevad ! "
      "groqsttsink name=transcriber ! appsink name=captions emit-signals=true sync=false async=false",
      &error);
  if (error) {
    g_printerr("captioner: %s\n", error->message);
    g_clear_error(&error);
    g_clear_pointer(&pipeline, gst_object_unref);
    return 1;
  }
  source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
  transcriber = gst_bin_get_by_name(GST_BIN(pipeline), "transcriber");
  captions = gst_bin_get_by_name(GST_BIN(pipeline), "captions");
  g_object_set(source, "uri", argv[1], NULL);
  if (argc > 2)
    g_object_set(transcriber, "language", argv[2], NULL);
  g_signal_connect(captions, "new-sample", G_CALLBACK(on_text), &app);

  app.loop = g_main_loop_new(NULL, FALSE);
  bus = gst_element_get_bus(pipeline);
  gst_bus_add_watch(bus, on_message, &app);
  if (gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    g_main_loop_run(app.loop);
  else
    app.status = 1;
  while ((message = gst_bus_pop(bus))) { /* why it did not start */
    on_message(bus, message, &app);
    gst_message_unref(message);
  }

  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
  gst_object_unref(captions);
  gst_object_unref(transcriber);
  gst_object_unref(source);
  gst_object_unref(pipeline);
  g_main_loop_unref(app.loop);
  gst_deinit();
  return app.status;
}
