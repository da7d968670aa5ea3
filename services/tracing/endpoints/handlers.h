// The requests of tracing.proto. Each: decode, use case, encode. Thread-safe.
#pragma once

#include "host/host.h"
#include "tracing/endpoints/courier.h"
#include "tracing/endpoints/desk_room.h"
#include "tracing/endpoints/directory_news.h"
#include "tracing/endpoints/letter_subject.h"
#include "tracing/endpoints/peer_watch.h"

namespace tracing {

class Handlers {
 public:
  Handlers(host::Host& host, LetterDesk& desk, DirectoryDesk& directory, DirectoryNews& news,
           Exchange& exchange, Courier& courier, PeerWatch& watch, DeskRoom& room);
  void Register();
  void SetGreet(DirectoryDesk::Greet greet) { greet_ = std::move(greet); }

 private:
  template <class Req, class Rep>
  void On(base::Result<Rep> (Handlers::*handler)(const bus::Request&, const Req&));

  base::Result<v1::LetterReply> Draft(const bus::Request& request, const v1::DraftLetter& message);
  base::Result<v1::LetterReply> Act(const bus::Request& request, const v1::DoLetterAct& message);
  base::Result<v1::LetterReply> Get(const bus::Request& request, const v1::GetLetter& message);
  base::Result<v1::ListLettersReply> List(const bus::Request& request,
                                          const v1::ListLetters& message);
  base::Result<v1::GetDirectoryReply> GetDirectory(const bus::Request& request,
                                                   const v1::GetDirectory& message);
  base::Result<v1::ImportDirectoryReply> Import(const bus::Request& request,
                                                const v1::ImportDirectory& message);
  base::Result<v1::ExportMemberReply> Export(const bus::Request& request,
                                             const v1::ExportMember& message);
  base::Result<v1::LeaveDirectoryReply> Leave(const bus::Request& request,
                                              const v1::LeaveDirectory& message);
  base::Result<v1::SelfTestReply> SelfTest(const bus::Request& request,
                                           const v1::SelfTest& message);
  base::Result<v1::RotateKeysReply> Rotate(const bus::Request& request,
                                           const v1::RotateKeys& message);
  base::Result<v1::RevokeKeyReply> Revoke(const bus::Request& request,
                                          const v1::RevokeKey& message);
  base::Result<v1::ListPeersReply> Peers(const bus::Request& request,
                                         const v1::ListPeers& message);
  base::Result<v1::OpenPeerReply> OpenPeer(const bus::Request& request,
                                           const v1::OpenPeer& message);
  base::Result<v1::TracingSummary> Summary(const bus::Request& request,
                                           const v1::GetTracingSummary& message);
  base::Result<v1::LetterReply> Sheet(const LetterRow& row, bool with_items, bool with_content);
  LetterDesk::Encode Encoder() const;

  host::Host& host_;
  LetterDesk& desk_;
  DirectoryDesk& directory_;
  DirectoryNews& news_;
  Exchange& exchange_;
  Courier& courier_;
  PeerWatch& watch_;
  DeskRoom& room_;
  LetterSubject subject_;
  DirectoryDesk::Greet greet_;
};

}  // namespace tracing
