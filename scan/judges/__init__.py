"""Every judge there is, in the order in which they are asked: the quick ones first."""

from judges import browsing, injection, pages, policy, slowness, transport

ALL = [*policy.JUDGES, *transport.JUDGES, *pages.JUDGES, *browsing.JUDGES, *slowness.JUDGES, *injection.JUDGES]
