#include "server/csv.h"
#include "server/zone.h"
#include "tests/server/api/support.h"

namespace centralita {
namespace {

class HistoryApi : public ApiTest {
 protected:
  // A call of an hour ago, ended; its id.
  std::string add(const std::string& session, const std::string& values = "",
                  const std::string& columns = "") {
    return sql(
        "insert into calls (session_id, client_type, direction, from_number, to_number,"
        " agent_name, status, end_cause, start_time, end_time" +
        columns + ") values ('" + session +
        "', 'twilio', 'inbound', '+525512345678',"
        " '+525587654321', 'Ventas', 'completed', 'caller-hung-up',"
        " '2026-05-02T05:30:00Z', '2026-05-02T05:31:30.5Z'" +
        values + ") returning id");
  }
  void say(const std::string& id, int number, const std::string& role, const std::string& words) {
    sql("insert into transcripts (call_id, turn_number, role, content, timings) values (" + id +
        ", " + std::to_string(number) + ", '" + role + "', $$" + words +
        "$$, '{\"response_ms\": 620}')");
  }
  std::vector<std::string> sessions(const Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::string> all;
    for (const auto& call : reply.json().objects("calls"))
      all.push_back(*call.string("session_id"));
    return all;
  }
  std::string code_of(const Reply& reply) {
    return reply.json().object("error")->string("code").value_or("");
  }
};

using Sessions = std::vector<std::string>;

TEST_F(HistoryApi, DatesAreDaysOfTheZoneThatIsNamed) {
  add("s");  // 23:30 of the day before in Mexico City
  EXPECT_EQ(sessions(get("/api/v1/calls?from=2026-05-02&to=2026-05-02")), Sessions{"s"});
  EXPECT_EQ(sessions(get("/api/v1/calls?from=2026-05-02&tz=America/Mexico_City")), Sessions{});
  EXPECT_EQ(sessions(get("/api/v1/calls?from=2026-05-01&to=2026-05-01&tz=America/Mexico_City")),
            Sessions{"s"});
  EXPECT_EQ(sessions(get("/api/v1/calls?from=2026-05-02T05:30:00Z&to=2026-05-02T05:30:00.001Z")),
            Sessions{"s"});
  EXPECT_EQ(sessions(get("/api/v1/calls?to=2026-05-02T05:30:00Z")), Sessions{});
}

TEST_F(HistoryApi, FilterThatCannotBeIsRefusedInTheCallersLanguage) {
  for (const char* query : {"from=yesterday", "to=2026-13-01", "tz=Mars/Olympus", "number=abc",
                            "tz=../../etc/passwd", "ids=1,x", "from=2026-05-01T99:00:00Z"}) {
    const auto reply = get(std::string("/api/v1/calls?") + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(code_of(reply), "bad-filter") << query;
  }
  const auto reply =
      request("GET", "/api/v1/calls?tz=Luna", "", {{"X-API-Key", kKey}, {"Accept-Language", "es"}});
  EXPECT_EQ(reply.json().object("error")->string("message"),
            "tz debe ser una zona horaria, como America/Mexico_City.");
}

TEST_F(HistoryApi, NewCallsAreCountedWithoutMovingTheList) {
  add("a");
  say(sql("select max(id) from calls"), 1, "user", "quiero una cita");
  const auto page = get("/api/v1/calls?q=citas&number=5512").json();
  const auto newest = page.string("newest").value_or("");
  ASSERT_NE(newest, "");
  const auto count = [&] {
    const auto reply = get("/api/v1/calls/count?q=citas&number=5512&since=" + newest);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.json().integer("count").value_or(-1);
  };
  EXPECT_EQ(count(), 0);
  for (int n = 0; n < 3; ++n) {
    const auto id = add("new-" + std::to_string(n));
    say(id, 0, "assistant", n == 0 ? "otra cosa" : "le agendo su cita");
  }
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(get("/api/v1/calls/count").json().integer("count"), 4);
  EXPECT_EQ(code_of(get("/api/v1/calls/count?since=" + newest)), "bad-cursor");
}

TEST_F(HistoryApi, FacetsAreWhatThereIsToChooseFrom) {
  add("s", ", '{\"intent\": \"agendar_cita\"}'", ", extracted_data");
  const auto facets = *get("/api/v1/calls/facets").json().object("facets");
  EXPECT_EQ(facets.array("agent")->to_string(), R"([{"value":"Ventas","calls":1}])");
  EXPECT_EQ(facets.array("intent")->to_string(), R"([{"value":"agendar_cita","calls":1}])");
  EXPECT_EQ(facets.array("sentiment")->to_string(), "[]");
}

TEST_F(HistoryApi, CsvIsReadAsTextWhateverTheCallerSaid) {
  const auto id = add("=cmd|calc!A0");
  say(id, 0, "assistant", "Hola, \"amigo\"");
  say(id, 1, "user", "=1+1");
  const auto reply = get("/api/v1/calls/export?tz=America/Mexico_City&bom=true");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/csv; charset=utf-8; header=present");
  EXPECT_TRUE(
      reply.headers.at("content-disposition").starts_with("attachment; filename=\"centralita-"));
  EXPECT_EQ(reply.headers.at("transfer-encoding"), "chunked");
  const auto header_end = reply.body.find("\r\n");
  ASSERT_NE(header_end, std::string::npos);
  EXPECT_TRUE(reply.body.starts_with("\uFEFFid,start_time,")) << reply.body;
  EXPECT_EQ(reply.body.substr(header_end + 2),
            id + ",2026-05-01 23:30:00,2026-05-01 23:31:30,America/Mexico_City,90.5,twilio,inbound,"
                 "'+525512345678,'+525587654321,Ventas,completed,caller-hung-up,,,,,2,0,620,"
                 "'=cmd|calc!A0,,\"assistant: Hola, \"\"amigo\"\"\nuser: =1+1\"\r\n");
}

TEST_F(HistoryApi, CellsThatBeginLikeAFormulaAreDefused) {
  CsvLine line;
  for (const char* cell : {"=1", "+1", "-1", "@a", "\ta", "\ra", "\uFF1Da", "a=1", "", "ñ"})
    line.add(cell);
  EXPECT_EQ(line.add_number(-0.25, 2).take(),
            "'=1,'+1,'-1,'@a,'\ta,\"'\ra\",'\uFF1Da,a=1,,ñ,-0.25\r\n");
}

TEST_F(HistoryApi, LongHistoryIsExportedWholeInBothFormats) {
  sql("insert into calls (session_id, start_time) select 'n' || n, now() - n * interval '1 second'"
      " from generate_series(1, 450) n;"
      "insert into transcripts (call_id, turn_number, role, content)"
      " select id, n, 'user', repeat('palabra ', 200) from calls, generate_series(0, 2) n");
  const auto json = get("/api/v1/calls/export?format=json");
  const auto calls = json.json().objects("calls");
  ASSERT_EQ(calls.size(), 450u);
  std::set<std::string> seen;
  for (const auto& call : calls) {
    seen.insert(*call.string("session_id"));
    EXPECT_EQ(call.objects("transcripts").size(), 3u);
  }
  EXPECT_EQ(seen.size(), 450u);
  const auto csv = get("/api/v1/calls/export").body;
  std::size_t lines = 0;
  for (std::size_t at = csv.find("\r\n"); at != std::string::npos; at = csv.find("\r\n", at + 2))
    ++lines;
  EXPECT_EQ(lines, 451u);
  EXPECT_EQ(get("/api/v1/calls/export?q=nada&format=json").json().objects("calls").size(), 0u);
  EXPECT_EQ(get("/api/v1/calls/export?format=xml").status, 400);
  EXPECT_EQ(request("HEAD", "/api/v1/calls/export").status, 200);
}

TEST_F(HistoryApi, OneCallIsDeletedAndBroughtBack) {
  const auto id = add("s");
  const auto path = "/api/v1/calls/" + id;
  const auto reply = request("DELETE", path);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json().integer("deleted"), 1);
  EXPECT_EQ(get(path).status, 404);
  EXPECT_EQ(request("DELETE", path).status, 404);
  const auto name = *reply.json().string("deletion");
  const auto body = R"({"deletion": ")" + name + "\"}";
  EXPECT_EQ(post("/api/v1/calls/restore", body).json().integer("restored"), 1);
  EXPECT_EQ(get(path).status, 200);
  EXPECT_EQ(post("/api/v1/calls/restore", body).status, 404);
  EXPECT_EQ(get("/api/v1/audit-log").json().objects("entries").size(), 2u);
}

TEST_F(HistoryApi, CallThatGoesOnIsNotDeleted) {
  const auto id = sql("insert into calls (session_id) values ('live') returning id");
  const auto reply = request("DELETE", "/api/v1/calls/" + id);
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(code_of(reply), "going-on");
}

TEST_F(HistoryApi, ManyAreDeletedByTheirIdsOrAFilterAndAllOnlyWhenSaid) {
  const auto a = add("a");
  add("b");
  add("c");
  for (const char* body :
       {"{}", R"({"ids": []})", R"({"filter": {}})", R"({"filter": {"statuss": "failed"}})"})
    EXPECT_EQ(post("/api/v1/calls/delete", body).status, 422) << body;
  EXPECT_EQ(post("/api/history/clear").status, 422);
  EXPECT_EQ(sessions(get("/api/v1/calls")).size(), 3u);
  EXPECT_EQ(
      post("/api/history/delete-selected", "{\"call_ids\": [" + a + "]}").json().integer("deleted"),
      1);
  EXPECT_EQ(
      post("/api/v1/calls/delete", R"({"filter": {"agent": "Nadie"}})").json().integer("deleted"),
      0);
  EXPECT_EQ(post("/api/v1/calls/delete", R"({"all": true})").json().integer("deleted"), 2);
  EXPECT_EQ(sessions(get("/api/v1/calls")), Sessions{});
}

TEST_F(HistoryApi, PredecessorsNamesAnswer) {
  const auto id = add("a");
  add("b");
  say(id, 0, "user", "hola");
  const auto rows = get("/api/history/rows?page=2&limit=1").json();
  EXPECT_EQ(rows.objects("calls").size(), 1u);
  EXPECT_EQ(rows.integer("pages"), 2);
  EXPECT_EQ(rows.objects("calls")[0].string("session_id"), "a");
  const auto detail = get("/api/history/" + id + "/detail").json();
  EXPECT_EQ(detail.object("call")->string("client_type"), "twilio");
  EXPECT_EQ(detail.objects("transcripts")[0].string("content"), "hola");
  EXPECT_EQ(get("/api/history/999/detail").status, 404);
}

TEST(Zone, DaysAreOfTheCalendarWhenClocksChange) {
  const auto zone = Zone::named("Europe/Madrid");
  ASSERT_TRUE(zone);
  using std::chrono::hours;
  EXPECT_EQ(*zone->day("2026-03-29", 1) - *zone->day("2026-03-29"), hours(23));
  EXPECT_EQ(*zone->day("2026-10-25", 1) - *zone->day("2026-10-25"), hours(25));
  for (const char* date : {"2026-02-30", "2026-5-1", "x", "2026-05-011", "20260-1-01"})
    EXPECT_FALSE(zone->day(date)) << date;
  EXPECT_EQ(Zone::named("")->local(*zone->day("2026-01-01")), "2025-12-31 23:00:00");
}

}  // namespace
}  // namespace centralita
