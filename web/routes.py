"""Every address of the application but the API's: the modules of pages by persona, in the order in which they are asked."""

from __future__ import annotations

from web import (
    measures,
)
from web.admin import (
    audit,
    calendars,
    categories,
    clock,
    events,
    handing_on,
    holiday,
    messages,
    moves,
    names,
    places,
    proposals,
    replies,
    retimings,
    rights,
    settings,
    texts,
    timings,
    versions,
    waits,
    what_if,
)
from web.apply import form as apply_form
from web.apply import papers as apply_papers
from web.apply import sending as apply_sending
from web.assets_route import router as assets
from web.consumer import (
    acts,
    alike,
    answer,
    board,
    certificate,
    code,
    danger,
    documents,
    file,
    home,
    not_mine,
    papers,
    photo,
    sending,
    time_limits,
    track,
)
from web.counter import (
    acts as counter_acts,
)
from web.counter import (
    applying,
    call_backs,
    calls,
    handed,
    new,
    requests,
    search,
    slip,
)
from web.desk import (
    account,
    accounts,
    away,
    bulk,
    casefile,
    drafts,
    kept,
    lists,
    people,
    posts,
    queue,
    queue_live,
    rosters,
    second,
    sign_in,
    sign_in_oidc,
    team,
    team_list,
    team_record,
    wall,
    watching,
)
from web.desk import (
    act as desk_act,
)
from web.desk import (
    documents as desk_documents,
)
from web.desk import (
    next as desk_next,
)
from web.desk import (
    search as search_desk,
)
from web.pay import note as pay_note

CONSUMER = (
    home,
    board,
    time_limits,
    track,
    code,
    acts,
    alike,
    answer,
    not_mine,
    sending,
    danger,
    file,
    documents,
    certificate,
    papers,
    photo,
)
APPLY = (
    apply_sending,
    apply_papers,
    apply_form,
)
PAY = (pay_note,)
COUNTER = (
    search,
    new,
    calls,
    applying,
    call_backs,
    slip,
    requests,
    handed,
    counter_acts,
)
STAFF = (
    sign_in,
    sign_in_oidc,
    account,
    second,
    kept,
    people,
    posts,
    rosters,
    accounts,
    team,
    team_list,
    team_record,
    away,
    wall,
    queue,
    queue_live,
    search_desk,
    bulk,
    lists,
    desk_next,
    casefile,
    desk_act,
    drafts,
    watching,
    desk_documents,
    *COUNTER,
    timings,
    calendars,
    holiday,
    events,
    what_if,
    retimings,
    versions,
    proposals,
    audit,
    messages,
    replies,
    clock,
    names,
    texts,
    places,
    handing_on,
    moves,
    categories,
    settings,
    waits,
    rights,
)
ROUTERS = (assets, measures.router, *(module.router for module in (*CONSUMER, *APPLY, *PAY, *STAFF)))
