#include "measure/experiments/all.hpp"
#include "measure/party.hpp"

// A reader wants to write, and a writer is waiting already. Does that writer get in between? Asked with the
// reader alone, and beside another reader, for whom the conversion has to wait; that one is the first to come
// in half of the attempts, for it may matter which of the two the writer is queued behind.

namespace inturn::measure {
namespace {

/// Whoever gets in leaves again, in whatever order they come.
void let_both_through(party& converter, party& writer) {
  bool converted = false;
  bool written = false;
  const auto both = [&] {
    if (!converted && converter.is_done({})) {
      converted = true;
      converter.must(unlock);
    }
    if (!written && writer.is_done({})) {
      written = true;
      writer.must(unlock);
    }
    return converted && written;
  };
  must_come(both, "the conversion, and the writer");
}

struct three {
  party converter, writer, reader;
};

bool gets_in_between(three& all, bool beside_reader, bool reader_first) {
  if (beside_reader && reader_first) all.reader.must(lock_shared);
  all.converter.must(lock_shared);
  if (beside_reader && !reader_first) all.reader.must(lock_shared);
  all.writer.must_wait(lock);  // if it does not wait, it is in between already
  all.converter.tell(convert);
  if (beside_reader) {
    all.converter.settle();
    all.reader.must(unlock_shared);
  }
  let_both_through(all.converter, all.writer);
  return all.writer.state().place.load() < all.converter.state().place.load();
}

void ask(const setting& here, subject& whose) {
  const auto place = whose.how().make(here.where);
  const shared<scene> where;
  three all{party(*place, *where), party(*place, *where), party(*place, *where)};
  const int attempts = here.either(20, 200);
  for (const bool beside_reader : {true, false}) {
    int gaps = 0;
    for (int i = 0; i < attempts; ++i)
      gaps += gets_in_between(all, beside_reader, i % 2 == 0) ? 1 : 0;
    const std::vector<parameter> with{{"other_readers", beside_reader ? 1.0 : 0.0}};
    whose.add("gaps", static_cast<double>(gaps), with);
    whose.add("attempts", static_cast<double>(attempts), with);
  }
}

std::string unfit(const mechanism& m) {
  if (!m.can.share) return needs_sharing(m);
  return m.can.convert ? "" : "it cannot convert a lock";
}

}  // namespace

experiment convert_experiment() {
  return {"convert",
          "From shared to exclusive: does another writer get in between?",
          {{"gaps", "count", "conversions that another writer got in between", true},
           {"attempts", "count", "conversions"}},
          unfit,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
