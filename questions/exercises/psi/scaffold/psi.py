# {{context}}
#
# {{task}}
#
# {{comments}}


def psi(reference, current, edges):
    """{{psi}}"""
    raise NotImplementedError


def decide(value):
    """{{decide}}"""
    raise NotImplementedError
